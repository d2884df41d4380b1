import '../../kernel/auth-texts.ts'
import '../../kernel/entry-texts.ts'
import '../../theme/entry.css'
import { myFactors, ownAccount, stepUp, type StepUp } from '@connectly/protocol'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { t } from '../../kernel/i18n.ts'
import { useClient } from '../../kernel/use-client.ts'
import { Button } from '../../ui/Button.tsx'
import { Dialog } from '../../ui/Dialog.tsx'
import { SkeletonBar } from '../../ui/Skeleton.tsx'
import { codeOf, entryErrorText, useAsking } from '../accounts/index.ts'
import { FormError } from '../accounts/index.tsx'
import { PasskeyNotUsed } from './passkeys.ts'
import { PasskeyProof, PasswordProof, type Proof, RecoveryProof, TotpProof } from './StepUpWays.tsx'

type Way = 'totp' | 'passkey' | 'recovery' | 'password'

export type StepUpDialogProps = {
  onShown: (stepUp: StepUp) => void
  onClose: () => void
  onSignOut: () => void
}

const shownBy = { totp: TotpProof, passkey: PasskeyProof, recovery: RecoveryProof, password: PasswordProof } as const
const intro = {
  totp: 'security.stepUpTotp',
  passkey: 'security.stepUpPasskey',
  recovery: 'security.stepUpRecovery',
  password: 'security.stepUpPassword',
} as const
const others = { totp: 'entry.useTotp', passkey: 'entry.usePasskey', recovery: 'entry.useRecovery' } as const
const wrong = {
  totp: 'entry.codeWrong',
  passkey: 'entry.passkeyWrong',
  recovery: 'entry.recoveryWrong',
  password: 'security.stepUpPasswordWrong',
} as const

/** Asks for a second factor where the account has one, else for the password, else whether they have just signed in. */
export function StepUpDialog({ onShown, onClose, onSignOut }: StepUpDialogProps) {
  const { connection } = useClient()
  const ways = useWays()
  const [chosen, setChosen] = useState<Exclude<Way, 'password'> | null>(null)
  const { busy, failure, until, run, forget } = useAsking()
  const way = chosen ?? ways.offers?.[0]
  const prove = useCallback(
    (proof: () => Promise<Proof>) => void run(async () => onShown(await connection.ask(stepUp, await proof()))),
    [run, onShown, connection],
  )
  // Nothing to show: that one has just signed in may do.
  const isNothing = ways.offers?.length === 0
  const asked = useRef(false)
  useEffect(() => {
    if (!isNothing || asked.current) return
    asked.current = true
    prove(() => Promise.resolve({}))
  }, [isNothing, prove])
  const say = useMemo(
    () => (failure === null || !way ? undefined : { text: textOf(failure, way, until) }),
    [failure, way, until],
  )
  const Shown = way && shownBy[way]
  return (
    <Dialog title={t('security.stepUpTitle')} closeLabel={t('app.close')} onClose={onClose}>
      {ways.failure !== null && (
        <>
          <FormError id="step-up-error">{entryErrorText(ways.failure, null)}</FormError>
          <Button look="tonal" size="wide" onClick={ways.again}>
            {t('security.tryAgain')}
          </Button>
        </>
      )}
      {ways.failure === null && !Shown && !(isNothing && failure !== null) && (
        <output aria-label={t('security.loading')} className="entry__wait">
          <SkeletonBar width={80} height={18} />
          <SkeletonBar width={100} height={50} />
        </output>
      )}
      {isNothing && failure !== null && (
        <>
          <p role="alert">
            {codeOf(failure) === 'WrongProof' ? t('security.stepUpAgain') : entryErrorText(failure, until)}
          </p>
          <div className="dialog__f dialog__f--row">
            <Button look="tonal" onClick={onClose}>
              {t('security.cancel')}
            </Button>
            <Button look="primary" onClick={onSignOut}>
              {t('security.signOut')}
            </Button>
          </div>
        </>
      )}
      {Shown && way && (
        <>
          <p className="dim">{t(intro[way])}</p>
          <Shown key={way} busy={busy} until={until} say={say} onProof={prove} />
        </>
      )}
      {ways.offers && ways.offers.length > 1 && (
        <div className="auth__ways">
          {ways.offers.map(
            (other) =>
              other !== way &&
              other !== 'password' && (
                <Button
                  key={other}
                  look="ghost"
                  onClick={() => {
                    forget()
                    setChosen(other)
                  }}
                >
                  {t(others[other])}
                </Button>
              ),
          )}
        </div>
      )}
    </Dialog>
  )
}

type Ways = { offers: readonly Way[] | null; failure: unknown; again: () => void }

/** What this account can show. */
function useWays(): Ways {
  const { connection } = useClient()
  const [offers, setOffers] = useState<readonly Way[] | null>(null)
  const { failure, run } = useAsking()
  const again = useCallback(
    () =>
      void run(async () => {
        const [account, factors] = await Promise.all([connection.ask(ownAccount, {}), connection.ask(myFactors, {})])
        const second: readonly (Way | false)[] = [
          factors.totpSince !== null && 'totp',
          factors.passkeys.length > 0 && 'passkey',
          factors.recoveryLeft > 0 && 'recovery',
        ]
        if (account.hasSecondStep) setOffers(second.filter((way) => way !== false))
        else setOffers(account.hasPassword ? ['password'] : [])
      }),
    [run, connection],
  )
  useEffect(again, [again])
  return { offers, failure, again }
}

function textOf(failure: unknown, way: Way, until: number | null): string {
  if (failure instanceof PasskeyNotUsed) return t('entry.passkeyBroken')
  return entryErrorText(failure, until, { WrongProof: t(wrong[way]), InvalidInput: t(wrong[way]) })
}
