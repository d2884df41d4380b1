import { CopyId, leftMessages, Time, UserId } from '@connectly/protocol'
import * as z from 'zod/mini'
import { defineTable } from '../../store/table.ts'

/** Copies of everything that is somebody's: nothing is kept of one but when it was asked for; it is made as it is fetched. */
export const copyTable = defineTable(
  'copies',
  z.object({
    copyId: CopyId,
    userId: UserId,
    askedAt: Time,
    readyAt: Time,
    /** When its owner was told that it is ready. */
    toldAt: z.nullable(Time),
    expiresAt: Time,
    downloadedAt: z.nullable(Time),
  }),
  { key: ['copyId'], indexes: [['userId'], ['expiresAt'], ['readyAt']], refs: { userId: 'users' } },
)
export type CopyRow = NonNullable<typeof copyTable.row>

/** Accounts that are to be deleted. */
export const leavingTable = defineTable(
  'leavings',
  z.object({
    userId: UserId,
    askedAt: Time,
    leavesAt: Time,
    messages: z.enum(leftMessages),
    /** How far the deletion has come: it has not begun, or the account is nobody's any more and the rest is being done. */
    isGone: z.boolean(),
  }),
  { key: ['userId'], indexes: [['leavesAt']], refs: { userId: 'users' } },
)
export type LeavingRow = NonNullable<typeof leavingTable.row>
