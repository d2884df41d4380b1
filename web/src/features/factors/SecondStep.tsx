import '../../kernel/entry-texts.ts'
import '../../theme/entry.css'
import { type SecondStep as Way, type SignedIn, secondStep } from '@connectly/protocol'
import { useMemo, useState } from 'react'
import { askByHttp } from '../../kernel/http.ts'
import { t } from '../../kernel/i18n.ts'
import { Button } from '../../ui/Button.tsx'
import { codeOf, entryErrorText, useAsking } from '../accounts/index.ts'
import { PasskeyNotUsed } from './passkeys.ts'
import { PasskeyWay, type Proof, RecoveryWay, TotpWay } from './SecondStepWays.tsx'
import { TrustSwitch } from './TrustSwitch.tsx'

export type SecondStepProps = {
  ticket: string
  offers: readonly Way[]
  /** Who they said they are; left out where nobody typed it. */
  name?: string | undefined
  onDone: (person: NonNullable<SignedIn['person']>) => void
  /** Back to the first step: of their own will, or since the ticket has run out. */
  onBack: (isSpent: boolean) => void
}

const ways = { totp: TotpWay, recovery: RecoveryWay, passkey: PasskeyWay } as const

/** The second step of signing in: by the first way that the account has, and from there by any other. */
export function SecondStep({ ticket, offers, name, onDone, onBack }: SecondStepProps) {
  const [way, setWay] = useState<Way>(
    () => (['totp', 'passkey', 'recovery'] as const).find((each) => offers.includes(each)) ?? 'totp',
  )
  const [trust, setTrust] = useState(false)
  const { busy, failure, until, run, forget } = useAsking()
  const say = useMemo(
    () => (failure === null ? undefined : { text: textOf(failure, way, until) }),
    [failure, way, until],
  )
  const Shown = ways[way]

  const prove = (proof: () => Promise<Proof>) =>
    void run(async () => {
      try {
        const { person } = await askByHttp(secondStep, { ticket, trust, ...(await proof()) })
        if (person) onDone(person)
      } catch (error) {
        if (codeOf(error) === 'LinkSpent') return onBack(true)
        throw error
      }
    })
  return (
    <>
      <Shown
        key={way}
        ticket={ticket}
        name={name}
        busy={busy}
        until={until}
        say={say}
        trust={<TrustSwitch isOn={trust} onChange={setTrust} />}
        onProof={prove}
      />
      <div className="auth__ways">
        {(['totp', 'passkey', 'recovery'] as const)
          .filter((other) => other !== way && offers.includes(other))
          .map((other) => (
            <Button
              key={other}
              look="ghost"
              onClick={() => {
                forget()
                setWay(other)
              }}
            >
              {t(others[other])}
            </Button>
          ))}
        <Button look="ghost" className="dim" onClick={() => onBack(false)}>
          {t('entry.someoneElse')}
        </Button>
      </div>
    </>
  )
}

const others = { totp: 'entry.useTotp', recovery: 'entry.useRecovery', passkey: 'entry.usePasskey' } as const
const wrong = { totp: 'entry.codeWrong', recovery: 'entry.recoveryWrong', passkey: 'entry.passkeyWrong' } as const

function textOf(failure: unknown, way: Way, until: number | null): string {
  if (failure instanceof PasskeyNotUsed) return t('entry.passkeyBroken')
  return entryErrorText(failure, until, { WrongProof: t(wrong[way]), InvalidInput: t(wrong[way]) })
}
