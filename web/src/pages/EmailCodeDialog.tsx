import { confirmEmail, type OwnEmail, setEmail } from '@connectly/protocol'
import { useMemo } from 'react'
import { codeOf, entryErrorText, useAsking } from '../features/accounts/index.ts'
import { CodeForm, useStepUp } from '../features/factors/index.tsx'
import { useRules } from '../features/registration/index.ts'
import { t } from '../kernel/i18n.ts'
import { useClient } from '../kernel/use-client.ts'
import { Button } from '../ui/Button.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { Named, NAME_HERE } from '../ui/Named.tsx'

export type EmailCodeDialogProps = { email: string; onDone: (mine: OwnEmail) => void; onClose: () => void }

/** The six digits of the mail. */
export function EmailCodeDialog({ email, onDone, onClose }: EmailCodeDialogProps) {
  const { connection } = useClient()
  const { withStepUp } = useStepUp()
  const { rules } = useRules()
  const { busy, failure, until, run } = useAsking()
  const say = useMemo(() => (failure === null ? undefined : { text: textOf(failure, until) }), [failure, until])
  const confirm = (code: string) => void run(async () => onDone(await connection.ask(confirmEmail, { code })))
  const again = () => void run(() => withStepUp((stepUp) => connection.ask(setEmail, { stepUp, email })))
  const sentence = rules?.mail === false ? 'security.emailCodeNoMail' : 'security.emailCodeText'
  return (
    <Dialog title={t('security.emailCodeTitle')} closeLabel={t('app.close')} onClose={onClose}>
      <p className="dim">
        <Named sentence={t(sentence, { email: NAME_HERE })} name={email} />
      </p>
      <CodeForm busy={busy} until={until} say={say} onCode={confirm} />
      <Button look="ghost" onClick={again}>
        {t('security.emailAgain')}
      </Button>
    </Dialog>
  )
}

function textOf(failure: unknown, until: number | null): string {
  if (codeOf(failure) === 'LinkSpent') return t('security.emailCodeSpent')
  return entryErrorText(failure, until, { WrongProof: t('security.emailCodeWrong') })
}
