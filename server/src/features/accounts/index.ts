import type { Feature } from '../../kernel/feature.ts'
import { sessionTable } from '../../kernel/tables.ts'
import { accountHandles } from './accounts.ts'
import { userTable } from './accounts.tables.ts'
import { sessionHandles } from './own-sessions.ts'
import { accountSnapshots, profileHandles } from './profile.ts'

export { findPerson, peopleNamed, peopleOf } from './accounts.ts'
export { userTable } from './accounts.tables.ts'
export { privacyOf } from './profile.ts'

/** Who people are, and how they come in. */
export const accounts: Feature = {
  name: 'accounts',
  tables: [userTable, sessionTable],
  handles: [...accountHandles, ...profileHandles, ...sessionHandles],
  snapshots: accountSnapshots,
}
