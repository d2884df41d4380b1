import type { Feature } from '../../kernel/feature.ts'
import { emailTable } from './emails.tables.ts'
import { exportEmails, purgeEmails } from './gone.ts'
import { emailBefores } from './joining.ts'
import { ownEmailHandles } from './own-email.ts'
import { resetHandles } from './resetting.ts'

export { emailTable } from './emails.tables.ts'

/** Mail addresses: confirmed before they count, and a way back in by them. */
export const emails: Feature = {
  name: 'emails',
  tables: [emailTable],
  handles: [...ownEmailHandles, ...resetHandles],
  before: emailBefores,
  purge: purgeEmails,
  exports: exportEmails,
}
