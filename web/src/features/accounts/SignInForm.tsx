import { type ReactNode, type SubmitEvent, useEffect, useId, useRef, useState } from 'react'
import { Link } from '../../kernel/router.ts'
import { t } from '../../kernel/i18n.ts'
import { Banner } from '../../ui/Banner.tsx'
import { Field } from '../../ui/Field.tsx'
import { formText } from '../../ui/form-text.ts'
import { PasswordField } from '../../ui/PasswordField.tsx'
import { FormError } from './FormError.tsx'
import { StepHead } from './StepHead.tsx'
import { SubmitButton } from './SubmitButton.tsx'

export type SignInFormProps = {
  busy: boolean
  /** A sentence about the whole: a refusal. Each new one is an object of its own, so that it takes the focus again. */
  error?: { text: string } | undefined
  /** When they may try again, in ms. */
  until: number | null
  /** A sentence that is no error: why one is here. */
  notice?: string | undefined
  /** Who signed in here a moment ago, or chose a new password. */
  username?: string | undefined
  /** Other ways in, above the form and below it. */
  above?: ReactNode
  below?: ReactNode
  forgotPath: string
  onSubmit: (values: { username: string; password: string }) => void
}
type Missing = { username?: string; password?: string }

export function SignInForm(props: SignInFormProps) {
  const { busy, error, until, notice, username, above, below, forgotPath, onSubmit } = props
  const form = useRef<HTMLFormElement>(null)
  const errorId = useId()
  const [missing, setMissing] = useState<Missing>({})
  const describedBy = error ? errorId : undefined
  useEffect(() => form.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus(), [missing])
  // Which of the two was wrong nobody says: the password is what is mistyped more often.
  useEffect(() => {
    if (error) form.current?.querySelector<HTMLInputElement>('[name=password]')?.select()
  }, [error])

  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    const [username, password] = [formText(event.currentTarget, 'username'), formText(event.currentTarget, 'password')]
    const found = {
      ...(!username.trim() && { username: t('auth.nameMissing') }),
      ...(!password && { password: t('auth.passwordMissing') }),
    }
    setMissing(found)
    if (!busy && !found.username && !found.password) onSubmit({ username, password })
  }
  return (
    <>
      <StepHead title={t('auth.welcome')} sub={t('auth.welcomeSub')} />
      {notice && <Banner look="again">{notice}</Banner>}
      {above}
      <form ref={form} noValidate onSubmit={submit}>
        <FormError id={errorId}>{error?.text}</FormError>
        <Field
          label={t('auth.emailOrUsername')}
          name="username"
          autoComplete="username webauthn"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={254}
          dir="auto"
          defaultValue={username}
          error={missing.username}
          describedBy={describedBy}
        />
        <PasswordField
          label={t('auth.password')}
          name="password"
          autoComplete="current-password"
          error={missing.password}
          describedBy={describedBy}
          labelEnd={<Link to={forgotPath}>{t('auth.forgot')}</Link>}
          showLabel={t('auth.showPassword')}
          hideLabel={t('auth.hidePassword')}
        />
        <SubmitButton busy={busy} until={until}>
          {t('auth.signIn')}
        </SubmitButton>
      </form>
      {below}
    </>
  )
}
