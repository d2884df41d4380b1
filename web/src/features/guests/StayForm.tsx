import { type SubmitEvent, useEffect, useId, useRef, useState } from 'react'
import { t } from '../../kernel/i18n.ts'
import { Field } from '../../ui/Field.tsx'
import { formText } from '../../ui/form-text.ts'
import { emailProblem } from '../accounts/index.ts'
import { FormError, NewPasswordField, passwordProblem, StepHead, SubmitButton } from '../accounts/index.tsx'
import { TermsLine, UsernameField, usernameProblem } from '../registration/index.tsx'

type Wrong = { username?: string; email?: string; password?: string }
export type StayFormProps = {
  busy: boolean
  error?: string | undefined
  fieldErrors?: Wrong | undefined
  until: number | null
  onSubmit: (values: { username: string; password: string; email?: string }) => void
}

/** A guest stays: what a person's account has, for the one that is there already. */
export function StayForm({ busy, error, fieldErrors, until, onSubmit }: StayFormProps) {
  const form = useRef<HTMLFormElement>(null)
  const errorId = useId()
  const [wrong, setWrong] = useState<Wrong>({})
  const shown = { ...fieldErrors, ...wrong }
  useEffect(() => form.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus(), [fieldErrors, wrong])
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    const of = (name: string) => formText(event.currentTarget, name)
    const [username, email, password] = [of('username'), of('email').trim(), of('password')]
    const found = Object.fromEntries(
      Object.entries({
        username: usernameProblem(username),
        email: email ? emailProblem(email) : undefined,
        password: passwordProblem(password),
      }).filter(([, text]) => text !== undefined),
    )
    setWrong(found)
    if (!busy && Object.keys(found).length === 0) onSubmit({ username, password, ...(email && { email }) })
  }
  return (
    <>
      <StepHead title={t('entry.stayTitle')} sub={t('entry.staySub')} />
      <form ref={form} noValidate onSubmit={submit}>
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
        <TermsLine />
        <SubmitButton busy={busy} until={until}>
          {t('entry.stay')}
        </SubmitButton>
      </form>
    </>
  )
}
