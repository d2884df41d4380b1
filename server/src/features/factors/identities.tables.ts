import { Time, UserId } from '@connectly/protocol'
import * as z from 'zod/mini'
import { defineTable } from '../../store/table.ts'

/** Accounts of other services that sign somebody in here: one of each service a person. */
export const identityTable = defineTable(
  'identities',
  z.object({
    provider: z.string(),
    /** What the other service calls the account, for good. Addresses and names may change hands; this does not. */
    subject: z.string(),
    userId: UserId,
    /** Which account it is, to its owner: an address, or a name, as it was when it was linked. */
    account: z.string(),
    linkedAt: Time,
  }),
  { key: ['provider', 'subject'], unique: [['userId', 'provider']], refs: { userId: 'users' } },
)
export type IdentityRow = NonNullable<typeof identityTable.row>
