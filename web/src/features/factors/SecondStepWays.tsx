import type { PasskeyAnswer } from '@connectly/protocol'
import { type ReactNode, type SubmitEvent, useEffect, useId, useRef, useState } from 'react'
import { Fingerprint, KeyRound, ShieldCheck } from 'lucide-react'
import { t } from '../../kernel/i18n.ts'
import { Field } from '../../ui/Field.tsx'
import { formText } from '../../ui/form-text.ts'
import { Named, NAME_HERE } from '../../ui/Named.tsx'
import { FormError, StepHead, SubmitButton } from '../accounts/index.tsx'
import { DigitBoxes } from './DigitBoxes.tsx'
import { askPasskey } from './passkeys.ts'

export type Proof = { totp: string } | { recovery: string } | { passkey: PasskeyAnswer }
/** What each way is given. `say` is what the last try came to. */
export type WayProps = {
  ticket: string
  name: string | undefined
  busy: boolean
  until: number | null
  say: { text: string } | undefined
  /** The switch that spares this browser the next one. */
  trust: ReactNode
  onProof: (proof: () => Promise<Proof>) => void
}

/** Six digits of an authenticator app. The sixth sends them; a reader hears that they are being looked at. */
export function TotpWay({ name, busy, until, say, trust, onProof }: WayProps) {
  const [code, setCode] = useState('')
  const [isShort, setShort] = useState(false)
  const [told, setTold] = useState(say)
  // What was wrong makes room for the next one.
  if (say !== told) {
    setTold(say)
    if (say) setCode('')
  }
  const send = (digits: string) => {
    setShort(digits.length < 6)
    if (digits.length === 6 && !busy) onProof(() => Promise.resolve({ totp: digits }))
  }
  const type = (digits: string) => {
    setCode(digits)
    setShort(false)
    if (digits.length === 6 && code.length < 6) send(digits)
  }
  return (
    <>
      <StepHead
        icon={ShieldCheck}
        title={t('entry.moreStep')}
        sub={name ? <Named sentence={t('entry.totpSubFor', { name: NAME_HERE })} name={name} /> : t('entry.totpSub')}
      />
      <form noValidate onSubmit={(event) => submitted(event, () => send(code))}>
        <DigitBoxes
          label={t('entry.code')}
          value={code}
          error={isShort ? t('entry.codeShort') : code === '' ? say?.text : undefined}
          onChange={type}
        />
        {trust}
        <SubmitButton busy={busy} until={until}>
          {t('entry.confirm')}
        </SubmitButton>
        <output className="sr">{busy && t('entry.checking')}</output>
      </form>
    </>
  )
}

/** One of the codes that were written down. */
export function RecoveryWay({ name, busy, until, say, trust, onProof }: WayProps) {
  const form = useRef<HTMLFormElement>(null)
  const [missing, setMissing] = useState<string>()
  useEffect(() => form.current?.querySelector<HTMLInputElement>('[name=recovery]')?.focus(), [missing, say])
  const submit = (event: SubmitEvent<HTMLFormElement>) =>
    submitted(event, () => {
      const recovery = formText(event.currentTarget, 'recovery').trim()
      setMissing(recovery ? undefined : t('entry.recoveryMissing'))
      if (recovery && !busy) onProof(() => Promise.resolve({ recovery }))
    })
  return (
    <>
      <StepHead
        icon={KeyRound}
        title={t('entry.moreStep')}
        sub={
          name ? (
            <Named sentence={t('entry.recoverySubFor', { name: NAME_HERE })} name={name} />
          ) : (
            t('entry.recoverySub')
          )
        }
      />
      <form ref={form} noValidate onSubmit={submit}>
        <Field
          label={t('entry.recoveryCode')}
          name="recovery"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={32}
          dir="ltr"
          error={missing ?? say?.text}
          hint={t('entry.recoveryHint')}
          live
        />
        {trust}
        <SubmitButton busy={busy} until={until}>
          {t('entry.confirm')}
        </SubmitButton>
      </form>
    </>
  )
}

/** A passkey, by the browser's own dialog, which comes when it is asked for. */
export function PasskeyWay({ ticket, name, busy, until, say, trust, onProof }: WayProps) {
  const errorId = useId()
  const submit = (event: SubmitEvent<HTMLFormElement>) =>
    submitted(event, () => {
      if (!busy) onProof(async () => ({ passkey: await askPasskey(ticket) }))
    })
  return (
    <>
      <StepHead
        icon={Fingerprint}
        title={t('entry.moreStep')}
        sub={
          name ? <Named sentence={t('entry.passkeySubFor', { name: NAME_HERE })} name={name} /> : t('entry.passkeySub')
        }
        takesFocus
      />
      <form noValidate onSubmit={submit}>
        <FormError id={errorId}>{say?.text}</FormError>
        {trust}
        <SubmitButton busy={busy} until={until}>
          {t('entry.passkey')}
        </SubmitButton>
      </form>
    </>
  )
}

function submitted(event: SubmitEvent<HTMLFormElement>, send: () => void): void {
  event.preventDefault()
  send()
}
