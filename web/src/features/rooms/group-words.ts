import { MAX_ABOUT_LENGTH, MAX_NAME_LENGTH, VISIBLE } from '@connectly/protocol'
import { t } from '../../kernel/i18n.ts'
import '../../kernel/late-texts.ts'

/** What is wrong with a group's name, as a sentence; nothing when it will do. */
export function nameProblem(name: string): string | undefined {
  const plain = name.normalize('NFC').trim()
  if (plain === '' || !VISIBLE.test(plain)) return t('groups.nameMissing')
  return plain.length > MAX_NAME_LENGTH ? t('groups.tooLong', { count: plain.length - MAX_NAME_LENGTH }) : undefined
}

/** What is wrong with what a group says of itself. */
export function aboutProblem(about: string): string | undefined {
  const over = about.normalize('NFC').trim().length - MAX_ABOUT_LENGTH
  return over > 0 ? t('groups.tooLong', { count: over }) : undefined
}
