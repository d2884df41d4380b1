import { useState } from 'react'
import { MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH } from '@connectly/protocol'
import { t } from '../../kernel/i18n.ts'
import { PasswordField } from '../../ui/PasswordField.tsx'
import { strengthOf } from './strength.ts'

export type NewPasswordFieldProps = {
  label?: string
  error?: string | undefined
  onChange?: (password: string) => void
}

/** A password to choose, as `password` of its form: how long it is so far, and what that is worth, in bars and in words. */
export function NewPasswordField({ label = t('auth.password'), error, onChange }: NewPasswordFieldProps) {
  const [password, setPassword] = useState('')
  return (
    <PasswordField
      label={label}
      name="password"
      autoComplete="new-password"
      maxLength={MAX_PASSWORD_LENGTH}
      value={password}
      onChange={(event) => {
        setPassword(event.target.value)
        onChange?.(event.target.value)
      }}
      error={error}
      hint={passwordHint(password)}
      strength={strengthOf(password, MIN_PASSWORD_LENGTH)}
      showLabel={t('auth.showPassword')}
      hideLabel={t('auth.hidePassword')}
    />
  )
}

/** What is wrong with a new password as it was typed; nothing where it can be taken. */
export function passwordProblem(password: string): string | undefined {
  if (!password) return t('auth.passwordMissing')
  return password.length < MIN_PASSWORD_LENGTH ? t('auth.passwordShort', { min: MIN_PASSWORD_LENGTH }) : undefined
}

function passwordHint(password: string): string {
  const [count, min] = [password.length, MIN_PASSWORD_LENGTH]
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
