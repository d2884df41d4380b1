import '../kernel/entry-texts.ts'
import { addPasskey, beginPasskey, myFactors, type Passkey, removePasskey, renamePasskey } from '@connectly/protocol'
import { useState } from 'react'
import { Plus } from 'lucide-react'
import { entryErrorText, type Myself, useAsking } from '../features/accounts/index.ts'
import {
  canMakePasskeys,
  makePasskey,
  NameDialog,
  PasskeyNotMade,
  PasskeyRows,
  RecoveryCodes,
  useStepUp,
} from '../features/factors/index.tsx'
import { t } from '../kernel/i18n.ts'
import { useClient, useMine } from '../kernel/use-client.ts'
import { ConfirmDialog } from '../shell/ConfirmDialog.tsx'
import { Card } from '../shell/Page.tsx'
import { useToast } from '../shell/Toaster.tsx'
import { Button } from '../ui/Button.tsx'
import { Icon } from '../ui/Icon.tsx'
import { useAct } from './use-act.ts'
import { useAnswer } from './use-answer.ts'

type Open = { what: 'add' } | { what: 'rename' | 'remove'; passkey: Passkey }

/** My passkeys: more of them, other names, fewer. */
export function PasskeysCard() {
  const { connection } = useClient()
  const me = useMine<Myself>('accounts')?.me
  const { withStepUp } = useStepUp()
  const { answered, put } = useAnswer(myFactors, {})
  const say = useToast()
  const { doing, act } = useAct()
  const { busy, failure, until, run, forget } = useAsking()
  const [open, setOpen] = useState<Open | null>(null)
  const [codes, setCodes] = useState<readonly string[]>([])
  if (answered.state !== 'here' || me?.kind !== 'person') return null
  const { passkeys } = answered.answer
  const show = (next: Open | null) => {
    forget()
    setOpen(next)
  }
  const add = (name: string) =>
    void run(async () => {
      const answer = await withStepUp(async (stepUp) => {
        const { ticket, options } = await connection.ask(beginPasskey, { stepUp })
        const passkey = await makePasskey(ticket, options)
        return connection.ask(addPasskey, { stepUp, name, passkey })
      })
      if (!answer) return
      put(answer.factors)
      setCodes(answer.recoveryCodes)
      setOpen(null)
      say({ text: t('security.passkeyAdded') })
    })
  const rename = ({ passkeyId }: Passkey, name: string) =>
    void run(async () => {
      put(await connection.ask(renamePasskey, { passkeyId, name }))
      setOpen(null)
    })
  const remove = ({ passkeyId, name }: Passkey) =>
    act(passkeyId, async () => {
      const after = await withStepUp((stepUp) => connection.ask(removePasskey, { stepUp, passkeyId }))
      if (!after) return undefined
      put(after)
      if (after.recoveryLeft === 0) setCodes([])
      return t('security.passkeyRemoved', { name })
    })
  const form = { busy, until, error: failure === null ? undefined : textOf(failure, until), onClose: () => show(null) }
  return (
    <>
      <Card
        title={t('security.passkeys')}
        note={t('security.passkeysNote')}
        foot={
          canMakePasskeys() ? (
            <Button look="tonal" size="small" aria-haspopup="dialog" onClick={() => show({ what: 'add' })}>
              <Icon of={Plus} size={16} />
              {t('security.passkeyAdd')}
            </Button>
          ) : (
            <span className="dim small">{t('security.passkeysUnable')}</span>
          )
        }
      >
        <PasskeyRows
          passkeys={passkeys}
          removing={doing}
          onRename={(passkey) => show({ what: 'rename', passkey })}
          onRemove={(passkey) => show({ what: 'remove', passkey })}
        />
      </Card>
      {codes.length > 0 && (
        <RecoveryCodes codes={codes} username={me.username} isAnew={false} onDone={() => setCodes([])} />
      )}
      {open?.what === 'add' && (
        <NameDialog
          {...form}
          title={t('security.passkeyAddTitle')}
          text={t('security.passkeyAddText')}
          action={t('security.passkeyAddGo')}
          onName={add}
        />
      )}
      {open?.what === 'rename' && (
        <NameDialog
          {...form}
          title={t('security.passkeyRenameTitle')}
          initial={open.passkey.name}
          action={t('security.save')}
          onName={(name) => rename(open.passkey, name)}
        />
      )}
      {open?.what === 'remove' && (
        <ConfirmDialog
          title={t('security.passkeyRemoveTitle', { name: open.passkey.name })}
          action={t('security.remove')}
          cancel={t('security.cancel')}
          onClose={() => show(null)}
          onConfirm={() => remove(open.passkey)}
        >
          {t('security.passkeyRemoveText')}
        </ConfirmDialog>
      )}
    </>
  )
}

function textOf(failure: unknown, until: number | null): string {
  if (failure instanceof PasskeyNotMade) return t(failure.isThere ? 'security.passkeyThere' : 'security.passkeyNotMade')
  return entryErrorText(failure, until)
}
