import { MAIL_ADDRESS, type RefusalCode } from '@connectly/protocol'
import { AskError } from '../../kernel/ask-error.ts'
import { moment, t } from '../../kernel/i18n.ts'
import { errorText } from './errors.ts'

/** The code of a refusal, where it is one. */
export const codeOf = (error: unknown): AskError['code'] | null => (error instanceof AskError ? error.code : null)

/**
 * Why it did not work, for somebody who is not in yet.
 * @param until when they may try again; null at once
 */
export function entryErrorText(error: unknown, until: number | null, own: Partial<Record<RefusalCode, string>> = {}) {
  const code = codeOf(error)
  if (code === 'Offline') return t('auth.offline')
  if (code === 'NoAnswer' || code === null) return t('auth.away')
  if (own[code]) return own[code]
  if (code === 'TooManyRequests') return t('auth.tooMany', { time: moment(until ?? Date.now()) })
  return errorText(error)
}

/** What is wrong with a mail address as it was typed; nothing where it can be one. */
export function emailProblem(typed: string): string | undefined {
  const email = typed.normalize('NFC').trim()
  if (MAIL_ADDRESS.test(email)) return undefined
  return /^[^\s@]+@[^\s@.]+$/.test(email) ? t('auth.emailEnding') : t('auth.emailShape')
}
