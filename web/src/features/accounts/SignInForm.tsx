import { type SubmitEvent, useEffect, useRef } from 'react'
import { Link } from '../../kernel/router.ts'
import { t } from '../../kernel/i18n.ts'
import { Banner } from '../../ui/Banner.tsx'
import { Button } from '../../ui/Button.tsx'
import { Field } from '../../ui/Field.tsx'
import { formText } from '../../ui/form-text.ts'
import { PasswordField } from '../../ui/PasswordField.tsx'

export type SignInFormProps = {
  busy: boolean
  /** A sentence about the whole: a refusal. */
  error?: string | undefined
  /** Sentences at their fields. */
  fieldErrors?: { username?: string; password?: string } | undefined
  /** Where "Create an account" leads. */
  signUpPath: string
  onSubmit: (values: { username: string; password: string }) => void
}

export function SignInForm({ busy, error, fieldErrors, signUpPath, onSubmit }: SignInFormProps) {
  const form = useRef<HTMLFormElement>(null)
  useEffect(() => form.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus(), [fieldErrors])
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = event.currentTarget
    if (!busy) onSubmit({ username: formText(form, 'username'), password: formText(form, 'password') })
  }
  return (
    <>
      <div>
        <h1>{t('auth.welcome')}</h1>
        <p className="auth__sub">{t('auth.welcomeSub')}</p>
      </div>
      <form ref={form} noValidate onSubmit={submit}>
        {error && <Banner look="error">{error}</Banner>}
        <Field
          label={t('auth.emailOrUsername')}
          name="username"
          autoComplete="username webauthn"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={64}
          dir="auto"
          error={fieldErrors?.username}
        />
        <PasswordField
          label={t('auth.password')}
          name="password"
          autoComplete="current-password"
          error={fieldErrors?.password}
          showLabel={t('auth.showPassword')}
          hideLabel={t('auth.hidePassword')}
        />
        <Button type="submit" look="primary" size="wide" busy={busy}>
          {t('auth.signIn')}
        </Button>
      </form>
      <p className="hint hint--c">
        {t('auth.newHere')} <Link to={signUpPath}>{t('auth.createAnAccount')}</Link>
      </p>
    </>
  )
}
