import { type ReactNode, type SubmitEvent, useEffect, useId, useRef, useState } from 'react'
import { t } from '../../kernel/i18n.ts'
import { Field } from '../../ui/Field.tsx'
import { formText } from '../../ui/form-text.ts'
import { emailProblem } from '../accounts/index.ts'
import { FormError, NewPasswordField, passwordProblem, StepHead, SubmitButton } from '../accounts/index.tsx'
import { HumanCheckBox } from './HumanCheckBox.tsx'
import { TermsLine } from './TermsLine.tsx'
import type { HumanCheck } from './use-human-check.ts'
import { UsernameField, usernameProblem } from './UsernameField.tsx'

export type SignUpValues = { username: string; password: string; email?: string }
export type SignUpFormProps = {
  busy: boolean
  /** A sentence about the whole: a refusal. */
  error?: string | undefined
  /** Sentences at their fields, as they come back. */
  fieldErrors?: FieldErrors | undefined
  until: number | null
  check: HumanCheck
  above?: ReactNode
  below?: ReactNode
  onSubmit: (values: SignUpValues) => void
}
type FieldErrors = { username?: string; email?: string; password?: string }

/** Makes an account. The human check begins with the first letter that is typed. */
export function SignUpForm(props: SignUpFormProps) {
  const { busy, error, fieldErrors, until, check, above, below, onSubmit } = props
  const form = useRef<HTMLFormElement>(null)
  const errorId = useId()
  const [missing, setMissing] = useState<FieldErrors>({})
  const shown = { ...fieldErrors, ...missing }
  useEffect(() => form.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus(), [fieldErrors, missing])

  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    const [username, email, password] = (['username', 'email', 'password'] as const).map((name) =>
      formText(event.currentTarget, name),
    ) as [string, string, string]
    const found = whatIsWrong(username, email, password)
    setMissing(found)
    if (busy || Object.keys(found).length > 0) return
    onSubmit({ username, password, ...(email.trim() && { email: email.trim() }) })
  }
  return (
    <>
      <StepHead title={t('auth.join')} sub={t('auth.joinSub')} />
      {above}
      <form ref={form} noValidate onSubmit={submit} onInput={check.begin}>
        <FormError id={errorId}>{error}</FormError>
        <UsernameField error={shown.username} describedBy={error ? errorId : undefined} />
        <Field
          label={t('auth.email')}
          name="email"
          type="email"
          autoComplete="email"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={254}
          error={shown.email}
          hint={t('auth.emailHint')}
        />
        <NewPasswordField error={shown.password} />
        {check.kind !== 'work' && <HumanCheckBox check={check} />}
        <TermsLine />
        <SubmitButton busy={busy} until={until}>
          {t('auth.createAccount')}
        </SubmitButton>
        {/* It comes and goes by itself: above the button, it would push it from under a finger. */}
        {check.kind === 'work' && <HumanCheckBox check={check} />}
      </form>
      {below}
    </>
  )
}

function whatIsWrong(username: string, email: string, password: string): FieldErrors {
  const wrong = {
    username: usernameProblem(username),
    email: email.trim() ? emailProblem(email) : undefined,
    password: passwordProblem(password),
  }
  return Object.fromEntries(Object.entries(wrong).filter(([, text]) => text !== undefined))
}
