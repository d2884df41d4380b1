import { type InputOf, MAX_PASSWORD_LENGTH, type stepUp } from '@connectly/protocol'
import { type SubmitEvent, useEffect, useRef, useState } from 'react'
import { t } from '../../kernel/i18n.ts'
import { Field } from '../../ui/Field.tsx'
import { formText } from '../../ui/form-text.ts'
import { PasswordField } from '../../ui/PasswordField.tsx'
import { FormError, SubmitButton } from '../accounts/index.tsx'
import { CodeForm } from './CodeForm.tsx'
import { askPasskey } from './passkeys.ts'

export type Proof = InputOf<typeof stepUp>
/** What each way is given; `say` is what the last try came to. */
export type ProofProps = {
  busy: boolean
  until: number | null
  say: { text: string } | undefined
  onProof: (proof: () => Promise<Proof>) => void
}

/** Six digits of the authenticator app. */
export function TotpProof({ onProof, ...rest }: ProofProps) {
  return <CodeForm {...rest} onCode={(totp) => onProof(() => Promise.resolve({ totp }))} />
}

/** A passkey, by the browser's own dialog. */
export function PasskeyProof({ busy, until, say, onProof }: ProofProps) {
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    if (!busy) onProof(async () => ({ passkey: await askPasskey() }))
  }
  return (
    <form className="vst" noValidate onSubmit={submit}>
      <FormError id="passkey-error">{say?.text}</FormError>
      <SubmitButton busy={busy} until={until}>
        {t('entry.passkey')}
      </SubmitButton>
    </form>
  )
}

/** One of the codes that were put somewhere safe. */
export function RecoveryProof({ busy, until, say, onProof }: ProofProps) {
  const [form, missing, submit] = useOneField('recovery', (recovery) => {
    if (!busy) onProof(() => Promise.resolve({ recovery: recovery.trim() }))
  })
  useFirst(form, missing ?? say)
  return (
    <form className="vst" ref={form} noValidate onSubmit={submit}>
      <Field
        label={t('entry.recoveryCode')}
        name="recovery"
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={32}
        dir="ltr"
        error={missing ? t('entry.recoveryMissing') : say?.text}
        hint={t('entry.recoveryHint')}
        live
      />
      <SubmitButton busy={busy} until={until}>
        {t('security.confirm')}
      </SubmitButton>
    </form>
  )
}

/** The password, where there is no second factor. */
export function PasswordProof({ busy, until, say, onProof }: ProofProps) {
  const [form, missing, submit] = useOneField('password', (password) => {
    if (!busy) onProof(() => Promise.resolve({ password }))
  })
  useFirst(form, missing ?? say)
  return (
    <form className="vst" ref={form} noValidate onSubmit={submit}>
      <PasswordField
        label={t('security.usePassword')}
        name="password"
        autoComplete="current-password"
        maxLength={MAX_PASSWORD_LENGTH}
        error={missing ? t('auth.passwordMissing') : say?.text}
        live
        showLabel={t('auth.showPassword')}
        hideLabel={t('auth.hidePassword')}
      />
      <SubmitButton busy={busy} until={until}>
        {t('security.confirm')}
      </SubmitButton>
    </form>
  )
}

type Form = React.RefObject<HTMLFormElement | null>

function useOneField(name: string, send: (value: string) => void) {
  const form = useRef<HTMLFormElement>(null)
  const [missing, setMissing] = useState<object>()
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    const value = formText(event.currentTarget, name)
    setMissing(value.trim() ? undefined : {})
    if (value.trim()) send(value)
  }
  return [form, missing, submit] as const
}

/** Begins at the field, and goes back to it when something was wrong. */
function useFirst(form: Form, problem: unknown): void {
  useEffect(() => form.current?.querySelector('input')?.focus(), [form, problem])
}
