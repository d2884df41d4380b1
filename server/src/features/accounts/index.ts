import type { Feature } from '../../kernel/feature.ts'
import { auditTable, linkTable, mailTable, penaltyTable, sessionTable, tryTable } from '../../kernel/tables.ts'
import { accountHandles } from './accounts.ts'
import { deviceTable, heldNameTable, userTable } from './accounts.tables.ts'
import { exportAccount, purgeAccount } from './gone.ts'
import { ownHandles } from './own-account.ts'
import { sessionHandles } from './own-sessions.ts'
import { accountSnapshots, profileHandles } from './profile.ts'
import { startTidying } from './tidying.ts'

export { findPerson, peopleNamed, peopleOf } from './accounts.ts'
export { deviceTable, userTable, type UserRow } from './accounts.tables.ts'
export { emailKeyOf } from './email-key.ts'
export { goneWrites } from './gone.ts'
export { beginSession, deviceOf, enter, findAccount, readTicket } from './entering.ts'
export {
  isFreeName,
  newUser,
  personOf,
  requireFreeName,
  requireGoodPassword,
  requireNewcomer,
  requireTerms,
} from './newcomers.ts'
export { endSessionsOf } from './own-sessions.ts'
export { hashPassword, verifyPassword } from './password.ts'
export { editedOf, privacyOf } from './profile.ts'
export { forgetGuesses } from './guessing.ts'

/** Who people are, and how they come in. */
export const accounts: Feature = {
  name: 'accounts',
  tables: [
    userTable,
    sessionTable,
    deviceTable,
    heldNameTable,
    linkTable,
    mailTable,
    tryTable,
    penaltyTable,
    auditTable,
  ],
  handles: [...accountHandles, ...profileHandles, ...sessionHandles, ...ownHandles],
  snapshots: accountSnapshots,
  starts: startTidying,
  purge: purgeAccount,
  exports: exportAccount,
}
