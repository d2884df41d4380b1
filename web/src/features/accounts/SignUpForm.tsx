import { type SubmitEvent, useEffect, useRef, useState } from 'react'
import { Link } from '../../kernel/router.ts'
import { t } from '../../kernel/i18n.ts'
import { Banner } from '../../ui/Banner.tsx'
import { Button } from '../../ui/Button.tsx'
import { Field } from '../../ui/Field.tsx'
import { formText } from '../../ui/form-text.ts'
import { PasswordField } from '../../ui/PasswordField.tsx'
import { strengthOf } from './strength.ts'

export type SignUpFormProps = {
  busy: boolean
  /** A sentence about the whole: a refusal. */
  error?: string | undefined
  /** Sentences at their fields, as they come back. */
  fieldErrors?: FieldErrors | undefined
  /** The fewest characters a password may have. */
  minPassword: number
  /** Where "Sign in" leads. */
  signInPath: string
  onSubmit: (values: { username: string; password: string }) => void
}
type FieldErrors = { username?: string; password?: string }

export function SignUpForm({ busy, error, fieldErrors, minPassword, signInPath, onSubmit }: SignUpFormProps) {
  const form = useRef<HTMLFormElement>(null)
  const [password, setPassword] = useState('')
  const [missing, setMissing] = useState<FieldErrors>({})
  const shown = { ...fieldErrors, ...missing }
  useEffect(() => form.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus(), [fieldErrors, missing])

  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    const username = formText(event.currentTarget, 'username')
    const found = whatIsMissing(username, password, minPassword)
    setMissing(found)
    if (!busy && !found.username && !found.password) onSubmit({ username, password })
  }
  return (
    <>
      <div>
        <h1>{t('auth.join')}</h1>
        <p className="auth__sub">{t('auth.joinSub')}</p>
      </div>
      <form ref={form} noValidate onSubmit={submit}>
        {error && <Banner look="error">{error}</Banner>}
        <Field
          label={t('auth.username')}
          name="username"
          lead="@"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={32}
          error={shown.username}
          hint={t('auth.usernameHint')}
        />
        <PasswordField
          label={t('auth.password')}
          name="password"
          autoComplete="new-password"
          maxLength={128}
          value={password}
          onChange={(event) => setPassword(event.target.value)}
          error={shown.password}
          hint={passwordHint(password, minPassword)}
          strength={strengthOf(password, minPassword)}
          showLabel={t('auth.showPassword')}
          hideLabel={t('auth.hidePassword')}
        />
        <Button type="submit" look="primary" size="wide" busy={busy}>
          {t('auth.createAccount')}
        </Button>
      </form>
      <p className="hint hint--c">
        {t('auth.beenHere')} <Link to={signInPath}>{t('auth.signIn')}</Link>
      </p>
    </>
  )
}

function whatIsMissing(username: string, password: string, min: number): FieldErrors {
  return {
    ...(!username.trim() && { username: t('auth.usernameMissing') }),
    ...(!password && { password: t('auth.passwordMissing') }),
    ...(password && password.length < min && { password: t('auth.passwordShort', { min }) }),
  }
}

function passwordHint(password: string, min: number): string {
  const count = password.length
  switch (strengthOf(password, min)) {
    case 0:
      return t('auth.passwordRule', { min })
    case 1:
      return count < min ? t('auth.passwordMore', { count: min - count }) : t('auth.passwordWeak', { count })
    case 2:
      return t('auth.passwordFair', { count })
    default:
      return t('auth.passwordStrong', { count })
  }
}
