import { AskError } from '../../kernel/ask-error.ts'
import { refusalText, t } from '../../kernel/i18n.ts'
import { MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH } from '@connectly/protocol'

/** Why it did not work, as a sentence. */
export function errorText(error: unknown): string {
  if (!(error instanceof AskError)) return refusalText('Internal')
  if (error.code === 'Offline') return t('states.offline')
  if (error.code === 'NoAnswer') return refusalText('Unavailable')
  return refusalText(error.code, error.params)
}

/** What a refusal says at a field of the forms for coming in; `null` where it is about the whole. */
export function fieldErrorsOf(error: unknown): { username?: string; email?: string; password?: string } | null {
  if (!(error instanceof AskError)) return null
  if (error.code === 'UsernameTaken') return { username: refusalText('UsernameTaken') }
  if (error.code === 'PasswordTooCommon') return { password: refusalText('PasswordTooCommon') }
  if (error.code !== 'InvalidInput') return null
  if (error.params['field'] === 'username') return { username: t('auth.usernameShape') }
  if (error.params['field'] === 'email') return { email: t('auth.emailShape') }
  if (error.params['field'] === 'password') {
    const isLong = error.params['reason'] === 'is too long'
    return {
      password: isLong
        ? t('auth.passwordLong', { max: MAX_PASSWORD_LENGTH })
        : t('auth.passwordShort', { min: MIN_PASSWORD_LENGTH }),
    }
  }
  return null
}
