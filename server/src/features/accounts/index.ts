import type { Feature } from '../../kernel/feature.ts'
import { sessionTable } from '../../kernel/tables.ts'
import { accountHandles, accountSnapshots } from './accounts.ts'
import { userTable } from './accounts.tables.ts'

export { findPerson, peopleOf } from './accounts.ts'
export { userTable } from './accounts.tables.ts'

/** Who people are, and how they come in. */
export const accounts: Feature = {
  name: 'accounts',
  tables: [userTable, sessionTable],
  handles: accountHandles,
  snapshots: accountSnapshots,
}
