import { sendMessage, type Place } from '@connectly/protocol'
import type { Overrides } from '@connectly/server/app'
import { placeTable } from '../../server/src/store/log-tables.ts'
import type { Change, Numbered, Outcome, Store } from '../../server/src/store/store.ts'

/* Wrappers around the real store and features: moments to die at, and bugs planted from outside the product. */

type WrapStore = NonNullable<Overrides['store']>
type WrappedStore = Parameters<WrapStore>[0]
type Features = NonNullable<Overrides['features']>

/**
 * Points in a message's way at which the server can be made to kill itself: before its commit, when it is on disk and
 * nobody knows, when the sender was answered and nobody else told, and when a reaction's effect is on disk.
 */
export const moments = ['before-commit', 'after-commit', 'before-telling', 'after-reaction'] as const
export type Moment = (typeof moments)[number]

export const bugs = ['ack-before-commit', 'told-before-commit', 'no-dedupe', 'no-note-of-reactions'] as const
export type Bug = (typeof bugs)[number]

/** How long the planted write-behind keeps a message from the disk. */
const BEHIND = 40

const isSend = (change: Change): boolean => !change.reacted && change.places.some((place) => place.startsWith('room:'))
const isReaction = (change: Change): boolean => !change.reacted && change.places.length === 0

/** Ends this process as `kill -9` would, at the next commit that fits the moment. */
export function mortal(): { wrap: WrapStore; dieAt: (moment: Moment) => void } {
  let awaited: Moment | null = null
  const die = () => process.kill(process.pid, 'SIGKILL')
  return {
    dieAt: (moment) => (awaited = moment),
    wrap: (store) => ({
      ...store,
      commit: async (changes, now) => {
        const fits = changes.some(awaited === 'after-reaction' ? isReaction : isSend)
        if (fits && awaited === 'before-commit') die()
        const outcomes = await store.commit(changes, now)
        if (fits && (awaited === 'after-commit' || awaited === 'after-reaction')) die()
        // The answers leave in this turn of the event loop, the frames in the next; this comes first in the next.
        if (fits && awaited === 'before-telling') setImmediate(die)
        return outcomes
      },
    }),
  }
}

/** What a bug does to the store and the features. Without one, nothing. */
export function planted(bug: Bug | null): { store: WrapStore; features: (features: Features) => Features } {
  if (bug === null) return { store: (store) => store, features: (features) => features }
  if (bug === 'no-dedupe') return { store: forgetful, features: (features) => features }
  if (bug === 'no-note-of-reactions') return { store: noteless, features: (features) => features }
  const behind = writeBehind()
  return {
    store: behind.wrap,
    features: bug === 'ack-before-commit' ? (features) => features : (features) => late(features, behind.kept),
  }
}

/**
 * A store that says done before it is: messages, and what shares their group, are given their numbers at once and are
 * written a little later, in order. Everything else waits for its commit, as it should.
 */
function writeBehind(): { wrap: WrapStore; kept: () => Promise<unknown> } {
  const numbers = new Map<Place, { seq: number; lastAt: number }>()
  const unwritten = new Set<string>()
  let tail: Promise<unknown> = Promise.resolve()

  async function predict(store: Store, change: Change, now: number): Promise<Outcome> {
    for (const place of change.places)
      if (!numbers.has(place)) numbers.set(place, (await store.get(placeTable, { place })) ?? { seq: 0, lastAt: 0 })
    const before = change.places.map((place) => [place, numbers.get(place) ?? { seq: 0, lastAt: 0 }] as const)
    const made = change.make((place): Numbered => {
      const last = numbers.get(place) ?? { seq: 0, lastAt: 0 }
      const next = { seq: last.seq + 1, lastAt: Math.max(now, last.lastAt) }
      numbers.set(place, next)
      return { place, seq: next.seq, at: next.lastAt }
    })
    for (const write of made.writes) {
      if (write.do !== 'insert' || write.table.name !== 'messages') continue
      const { authorId, localId } = write.row as { authorId: string; localId: string }
      const [known] = await store.find(write.table, { where: { authorId, localId }, limit: 1 })
      if (known || unwritten.has(localId)) {
        for (const [place, number] of before) numbers.set(place, number)
        return { kind: 'conflict' }
      }
      unwritten.add(localId)
    }
    return { kind: 'done', made }
  }

  const wrap: WrapStore = (store) => ({
    ...store,
    commit: async (changes, now) => {
      const early = changes.some(isSend) && !changes.some((change) => change.reacted)
      const predicted: Outcome[] = []
      if (early) for (const change of changes) predicted.push(await predict(store, change, now))
      const due = early ? new Promise((done) => setTimeout(done, BEHIND)) : null
      const real = Promise.all([tail, due]).then(() => store.commit(changes, now))
      tail = real.catch(() => undefined)
      if (early) return predicted
      const outcomes = await real
      for (const outcome of outcomes)
        if (outcome.kind === 'done')
          for (const { place, seq, at } of outcome.made.events) numbers.set(place, { seq, lastAt: at })
      return outcomes
    },
    close: async () => {
      await tail
      await store.close()
    },
  })
  return { wrap, kept: () => tail }
}

/** Answers a send only when it is kept: with a store that writes behind, others are told before that. */
const late = (features: Features, kept: () => Promise<unknown>): Features =>
  features.map((feature) => ({
    ...feature,
    ...(feature.handles && {
      handles: feature.handles.map((each) => ({
        ...each,
        run: async (ctx, input) => {
          const value = await each.run(ctx, input)
          if (each.method.name === sendMessage.name) await kept()
          return value
        },
      })),
    }),
  }))

/** A store that knows no message by its key: each is kept under one of its own, which nobody reading sees. */
function forgetful(store: WrappedStore): WrappedStore {
  const shown = <Row>(row: Row): Row => {
    const { localId } = row as { localId?: unknown }
    return typeof localId === 'string' ? { ...row, localId: localId.split('#')[0] } : row
  }
  let count = 0
  return {
    ...store,
    get: async (table, key) => {
      const row = await store.get(table, key)
      return row && shown(row)
    },
    find: async (table, query) => (await store.find(table, query)).map(shown),
    commit: (changes, now) =>
      store.commit(
        changes.map((change) => ({
          ...change,
          make: (next) => {
            const made = change.make(next)
            const writes = made.writes.map((write) => {
              if (write.do !== 'insert' || write.table.name !== 'messages') return write
              const row = write.row as { localId: string | null }
              return {
                ...write,
                row: { ...row, localId: row.localId && `${row.localId}#${now}.${process.pid}.${count++}` },
              }
            })
            return { ...made, writes }
          },
        })),
        now,
      ),
  }
}

/** A store that keeps a reaction's effect without the note that it was had. */
const noteless: WrapStore = (store) => ({
  ...store,
  commit: (changes, now) =>
    store.commit(
      changes.map((change) => ({
        ...change,
        make: (next) => {
          const made = change.make(next)
          return { ...made, writes: made.writes.filter((write) => write.table.name !== 'reactionsDone') }
        },
      })),
      now,
    ),
})
