import type { Feature } from '../../kernel/feature.ts'
import { passkeyTable, recoveryTable, totpTable } from './factors.tables.ts'
import { passkeyHandles } from './own-passkeys.ts'
import { totpHandles } from './own-totp.ts'
import { signInHandles } from './signing-in.ts'
import { stepUpHandles } from './stepping-up.ts'

export { identityTable, type IdentityRow } from './identities.tables.ts'

/** How people show that it is really them, besides a password. */
export const factors: Feature = {
  name: 'factors',
  tables: [totpTable, recoveryTable, passkeyTable],
  handles: [...stepUpHandles, ...signInHandles, ...totpHandles, ...passkeyHandles],
}
