import { blockPerson, MAX_BLOCKS, personBlocked, personUnblocked, unblockPerson, userPlace } from '@connectly/protocol'
import type { Block, UserId } from '@connectly/protocol'
import { happened } from '../../kernel/context.ts'
import { handle, type Snapshots } from '../../kernel/feature.ts'
import { refuse } from '../../kernel/refuse.ts'
import { insert, remove, type Reader } from '../../store/store.ts'
import { findPerson, peopleOf } from '../accounts/index.ts'
import { blockTable, type BlockRow } from './blocks.tables.ts'

/** The most rows that one person's blocks are looked up in: their own, and those of others who blocked them. */
const MAX_ROWS = 100_000

/** Both people's places are locked, so that nothing either of them does gets past a block; only mine hears of it. */
export const blockHandles = [
  handle(blockPerson, async (ctx, { userId }) => {
    if (userId === ctx.me) refuse('NotFound')
    const person = (await findPerson(ctx.store, userId)) ?? refuse('NotFound')
    const already = await ctx.store.get(blockTable, { userId: ctx.me, otherId: userId, isMine: true })
    if (already) return { person, at: already.at }
    if ((await ctx.store.count(blockTable, { userId: ctx.me, isMine: true }, MAX_BLOCKS)) >= MAX_BLOCKS)
      refuse('TooManyBlocks')

    const mine = userPlace(ctx.me)
    return ctx.record([mine, userPlace(userId)], (next) => {
      const n = next(mine)
      const block: Block = { person, at: n.at }
      return {
        writes: [
          insert(blockTable, { userId: ctx.me, otherId: userId, isMine: true, at: n.at }),
          insert(blockTable, { userId, otherId: ctx.me, isMine: false, at: n.at }),
        ],
        events: [happened(personBlocked, n, { block })],
        result: block,
      }
    })
  }),

  handle(unblockPerson, async (ctx, { userId }) => {
    if (!(await hasBlocked(ctx.store, ctx.me, userId))) return {}
    const mine = userPlace(ctx.me)
    return ctx.record([mine, userPlace(userId)], (next) => ({
      writes: [
        remove(blockTable, { userId: ctx.me, otherId: userId, isMine: true }),
        remove(blockTable, { userId, otherId: ctx.me, isMine: false }),
      ],
      events: [happened(personUnblocked, next(mine), { userId })],
      result: {},
    }))
  }),
]

export const blockSnapshots: Snapshots = {
  user: async (store, userId) => {
    const rows = await store.find(blockTable, { where: { userId, isMine: true }, limit: MAX_BLOCKS })
    const people = new Map(
      (
        await peopleOf(
          store,
          rows.map((row) => row.otherId),
        )
      ).map((person) => [person.userId, person]),
    )
    const newestFirst = rows.toSorted((a, b) => b.at - a.at || (a.otherId < b.otherId ? 1 : -1))
    const blocked: Block[] = newestFirst.flatMap(({ otherId, at }) => {
      const person = people.get(otherId)
      return person ? [{ person, at }] : []
    })
    return { blocked }
  },
}

/** Everyone this person blocked (`isMine`), and everyone who blocked them. */
export function blocksOf(store: Reader, userId: UserId): Promise<BlockRow[]> {
  return store.find(blockTable, { where: { userId }, limit: MAX_ROWS })
}

/** Whether one of the two blocked the other. */
export async function isBlockedEitherWay(store: Reader, a: UserId, b: UserId): Promise<boolean> {
  return (await store.count(blockTable, { userId: a, otherId: b }, 1)) > 0
}

/** Whether this person blocked that one. */
export async function hasBlocked(store: Reader, userId: UserId, otherId: UserId): Promise<boolean> {
  return (await store.get(blockTable, { userId, otherId, isMine: true })) !== undefined
}
