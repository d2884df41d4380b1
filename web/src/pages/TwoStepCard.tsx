import { beginTotp, type Factors, newRecoveryCodes, type OutputOf, removeTotp } from '@connectly/protocol'
import { useState } from 'react'
import { Check, Fingerprint, LifeBuoy, Smartphone } from 'lucide-react'
import { TotpDialog, useStepUp } from '../features/factors/index.tsx'
import { t } from '../kernel/i18n.ts'
import { Link } from '../kernel/router.ts'
import { useClient } from '../kernel/use-client.ts'
import { ConfirmDialog } from '../shell/ConfirmDialog.tsx'
import { Card } from '../shell/Page.tsx'
import { InfoRow, Tile } from '../shell/rows.tsx'
import { useToast } from '../shell/Toaster.tsx'
import { Button, buttonClass } from '../ui/Button.tsx'
import { Icon } from '../ui/Icon.tsx'
import { settingsPath } from './paths.ts'
import type { NewCodes } from './SettingsSecurity.tsx'
import { useAct } from './use-act.ts'

/** From how few recovery codes on it is time for new ones. */
const FEW = 3

export type TwoStepCardProps = {
  factors: Factors
  onFactors: (factors: Factors) => void
  onCodes: (codes: NewCodes | null) => void
}

/** The second step of signing in: an app, recovery codes, and where passkeys are. */
export function TwoStepCard({ factors, onFactors, onCodes }: TwoStepCardProps) {
  const { connection } = useClient()
  const { withStepUp } = useStepUp()
  const say = useToast()
  const { doing, act } = useAct()
  const [begun, setBegun] = useState<OutputOf<typeof beginTotp> | null>(null)
  const [isRemoving, setRemoving] = useState(false)
  const hasTotp = factors.totpSince !== null
  const isOn = hasTotp || factors.passkeys.length > 0
  const begin = () =>
    act('begin', async () => {
      setBegun((await withStepUp((stepUp) => connection.ask(beginTotp, { stepUp }))) ?? null)
      return undefined
    })
  const remove = () =>
    act('remove', async () => {
      const after = await withStepUp((stepUp) => connection.ask(removeTotp, { stepUp }))
      if (!after) return undefined
      onFactors(after)
      if (after.recoveryLeft === 0) onCodes(null)
      return t('security.totpRemoved')
    })
  const renew = () =>
    act('codes', async () => {
      const answer = await withStepUp((stepUp) => connection.ask(newRecoveryCodes, { stepUp }))
      if (!answer) return undefined
      onFactors({ ...factors, recoveryLeft: answer.recoveryCodes.length })
      onCodes({ codes: answer.recoveryCodes, isAnew: factors.recoveryLeft > 0 })
      return undefined
    })
  return (
    <Card title={t('security.twoStep')} end={<State isOn={isOn} />}>
      <ul>
        <InfoRow
          lead={<Tile icon={Smartphone} />}
          title={t('security.totp')}
          text={t(hasTotp ? 'security.totpOn' : 'security.totpOff')}
          end={
            <span className="acts li__acts">
              {hasTotp && (
                <Button
                  look="ghost"
                  size="small"
                  className="btn--rose"
                  busy={doing === 'remove'}
                  aria-label={t('security.totpRemove')}
                  onClick={() => setRemoving(true)}
                >
                  {t('security.remove')}
                </Button>
              )}
              <Button look={isOn ? 'tonal' : 'primary'} size="small" busy={doing === 'begin'} onClick={begin}>
                {t(hasTotp ? 'security.totpReplace' : 'security.totpTurnOn')}
                <span className="sr"> {t('security.totp')}</span>
              </Button>
            </span>
          }
        />
        {isOn && <CodesRow left={factors.recoveryLeft} busy={doing === 'codes'} onRenew={renew} />}
        <PasskeysRow count={factors.passkeys.length} />
      </ul>
      {begun && (
        <TotpDialog
          begun={begun}
          onClose={() => setBegun(null)}
          onDone={(answer) => {
            setBegun(null)
            onFactors(answer.factors)
            if (answer.recoveryCodes.length > 0) onCodes({ codes: answer.recoveryCodes, isAnew: false })
            say({ text: t(hasTotp ? 'security.totpReplaced' : 'security.totpDone') })
          }}
        />
      )}
      {isRemoving && (
        <ConfirmDialog
          title={t('security.totpRemoveTitle')}
          action={t('security.remove')}
          cancel={t('security.cancel')}
          onClose={() => setRemoving(false)}
          onConfirm={remove}
        >
          {t('security.totpRemoveText')}
        </ConfirmDialog>
      )}
    </Card>
  )
}

function State({ isOn }: { isOn: boolean }) {
  return isOn ? (
    <span className="tag tag--mint">
      <Icon of={Check} size={14} />
      {t('security.on')}
    </span>
  ) : (
    <span className="tag tag--mute">{t('security.off')}</span>
  )
}

function CodesRow({ left, busy, onRenew }: { left: number; busy: boolean; onRenew: () => void }) {
  const isFew = left <= FEW
  return (
    <InfoRow
      lead={<Tile icon={LifeBuoy} look={isFew && 'honey'} />}
      title={
        <>
          {t('security.codes')}
          <span className={isFew ? 'tag tag--honey' : 'tag tag--mute'}>{t('security.codesLeft', { left })}</span>
        </>
      }
      text={t(isFew ? 'security.codesFew' : 'security.codesText')}
      end={
        <Button look={isFew ? 'primary' : 'tonal'} size="small" busy={busy} onClick={onRenew}>
          {t('security.codesNew')}
        </Button>
      }
    />
  )
}

function PasskeysRow({ count }: { count: number }) {
  return (
    <InfoRow
      lead={<Tile icon={Fingerprint} />}
      title={t('security.passkeysRow')}
      text={count > 0 ? t('security.passkeysCount', { count }) : t('security.passkeysNone')}
      end={
        <Link className={buttonClass('tonal', 'small')} to={settingsPath('devices')}>
          {t('security.passkeysGo')}
          <span className="sr"> {t('security.passkeysRow')}</span>
        </Link>
      }
    />
  )
}
