import { Time, UserId } from '@connectly/protocol'
import * as z from 'zod/mini'
import { defineTable } from '../../store/table.ts'

/** Whose a confirmed mail address is: one account's, and its only one. What was typed stands in `users`. */
export const emailTable = defineTable('emails', z.object({ emailKey: z.string(), userId: UserId, confirmedAt: Time }), {
  key: ['emailKey'],
  unique: [['userId']],
  refs: { userId: 'users' },
})
