import type { AccountKind, AddressClass, SessionId, UserId } from '@connectly/protocol'
import type { PubSub } from '../pubsub/pubsub.ts'
import type { Store, Write } from '../store/store.ts'
import { insert, patch, remove } from '../store/store.ts'
import type { Clock } from './clock.ts'
import type { Session } from './context.ts'
import { newId, newToken, sha256 } from './ids.ts'
import { sessionTable } from './tables.ts'

const DAY = 24 * 60 * 60 * 1000
/** A session ends this long after it was last used. */
export const SESSION_LIFE = 30 * DAY
/** And this long after it began, however much it is used. */
export const SESSION_MAX_LIFE = 180 * DAY
/** What is known of a session is looked up again after this, in ms: its end may have been told while nobody heard. */
const SURE_FOR = 15_000
/** Sessions looked up at once. */
const AT_ONCE = 500
/** The most sessions kept in memory. */
const MAX_HELD = 50_000

export type Sessions = ReturnType<typeof createSessions>

/** Whose a new session is, and from what and where. */
export type NewSession = {
  userId: UserId
  kind: AccountKind
  now: number
  device?: string | undefined
  from?: AddressClass | undefined
  isAdmin?: boolean
}

/** The row and token of a new session; only the token's hash is written. */
export function startSession(of: NewSession): { token: string; write: Write } {
  const { userId, kind, now, device = '', from = 'internet', isAdmin = false } = of
  const token = newToken()
  const row = {
    tokenHash: sha256(token),
    userId,
    kind,
    createdAt: now,
    lastUsedAt: now,
    expiresAt: now + SESSION_LIFE,
    scopes: null,
    sessionId: newId<SessionId>(),
    device,
    from,
    isAdmin,
  }
  return { token, write: insert(sessionTable, row) }
}

export const endSession = (tokenHash: string): Write => remove(sessionTable, { tokenHash })

/** Sessions in use: one object each, so that ending one is seen at once by everything that holds it. */
export function createSessions(store: Store, clock: Clock, pubsub: PubSub, alone: boolean) {
  const held = new Map<string, Session>()
  /** When each of them was last seen in the store, where other processes may end it. */
  const sureAt = new Map<string, number>()
  /** When each of them was last used, as the store has it. */
  const usedAt = new Map<string, number>()
  const ended = new Set<string>()
  const listeners: ((tokenHash: string) => void)[] = []

  async function find(token: string): Promise<Session | null> {
    const tokenHash = sha256(token)
    const known = held.get(tokenHash)
    if (known && !isLive(known)) return null
    const isSure = alone || performance.now() - (sureAt.get(tokenHash) ?? -SURE_FOR) < SURE_FOR
    if (known && isSure && clock() - (usedAt.get(tokenHash) ?? 0) <= DAY) return known
    const row = await store.get(sessionTable, { tokenHash })
    if (!row && known) end(tokenHash)
    if (!row || row.expiresAt <= clock() || ended.has(tokenHash)) return null
    if (!alone) sureAt.set(tokenHash, performance.now())
    if (clock() - row.lastUsedAt > DAY) {
      const set = {
        lastUsedAt: clock(),
        expiresAt: Math.min(clock() + SESSION_LIFE, row.createdAt + SESSION_MAX_LIFE),
      }
      const used = patch(sessionTable, { tokenHash }, { set })
      await store.commit(
        [{ places: [], given: [], make: () => ({ writes: [used], events: [], result: null }) }],
        clock(),
      )
      Object.assign(row, set)
    }
    const again = held.get(tokenHash)
    if (again) {
      again.expiresAt = row.expiresAt
      usedAt.set(tokenHash, row.lastUsedAt)
    }
    if (again || ended.has(tokenHash)) return again ?? null
    usedAt.set(tokenHash, row.lastUsedAt)
    const session: Session = {
      tokenHash,
      userId: row.userId,
      kind: row.kind,
      createdAt: row.createdAt,
      expiresAt: row.expiresAt,
      isAdmin: row.isAdmin ?? false,
      scopes: row.scopes,
      ended: false,
    }
    held.set(tokenHash, session)
    if (held.size > MAX_HELD) drop(held.keys().next().value as string)
    return session
  }

  function drop(tokenHash: string): void {
    held.delete(tokenHash)
    sureAt.delete(tokenHash)
    usedAt.delete(tokenHash)
  }

  function end(tokenHash: string): void {
    const session = held.get(tokenHash)
    drop(tokenHash)
    ended.add(tokenHash)
    if (ended.size > MAX_HELD) ended.delete(ended.values().next().value as string)
    if (session) session.ended = true
    for (const listener of listeners) listener(tokenHash)
  }
  pubsub.hear('ended', (tokenHash) => end(tokenHash))

  const isLive = (session: Session): boolean => !session.ended && session.expiresAt > clock()

  return {
    find,
    isLive,
    /** Called with each session that ends, so that its sockets can be cut. */
    onEnd: (listener: (tokenHash: string) => void) => void listeners.push(listener),
    /** To be called when a session's row is gone: it ends on every process. */
    ended: (tokenHash: string) => {
      pubsub.say('ended', tokenHash)
      end(tokenHash)
    },
    /** Ends those of these sessions whose rows are gone, should nobody have heard of it. */
    review: async (tokenHashes: readonly string[]): Promise<void> => {
      for (let at = 0; at < tokenHashes.length; at += AT_ONCE) {
        const some = tokenHashes.slice(at, at + AT_ONCE)
        const rows = await store.find(sessionTable, { where: { tokenHash: { in: some } }, limit: some.length })
        const there = new Set(rows.map((row) => row.tokenHash))
        for (const tokenHash of some) if (!there.has(tokenHash)) end(tokenHash)
      }
    },
  }
}
