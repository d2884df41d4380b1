import type { LimitClass, PenaltyKind, UserId } from '@connectly/protocol'
import type { PubSub } from '../pubsub/pubsub.ts'
import { insert, must, mustNot, patch, remove, type Guard, type Store, type Write } from '../store/store.ts'
import { limitKeyOf } from './address.ts'
import type { Clock } from './clock.ts'
import type { Logger } from './logger.ts'
import type { Metrics } from './metrics.ts'
import { refuse } from './refuse.ts'
import { penaltyTable, type PenaltyRow } from './tables.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/** What each strike leads to, and for how long, in ms; the last row doubles with every strike after it, up to a week. */
export const steps: readonly { strikes: number; kind: PenaltyKind; life: number }[] = [
  { strikes: 1, kind: 'warn', life: 0 },
  { strikes: 3, kind: 'slow', life: 30 * SECOND },
  { strikes: 5, kind: 'mute', life: 10 * MINUTE },
  { strikes: 7, kind: 'ban', life: HOUR },
]
const LONGEST_BAN = 7 * 24 * HOUR
/** A strike is forgotten after each such while without another, in ms. */
export const FORGOTTEN_EVERY = 10 * MINUTE
/** Strikes count once in this time, in ms: what follows from one is felt before the next. */
const AT_MOST_EVERY = 5 * SECOND
/**
 * Refused asks in a window of this many ms that make a strike: more than all rooms and tabs of somebody together come to,
 * each of which waits as it is told.
 */
const REFUSALS = { count: 100, window: 10 * SECOND }
/** How often rows of other processes are looked for, should nobody have told, in ms. */
const LOOK_EVERY = 15 * SECOND
const MAX_HELD = 10_000
/** What goes on while one has to slow down: whoever reads and listens harms nobody. */
const unslowed: readonly LimitClass[] = ['read', 'open', 'signal']

export type Who = { userId: UserId | null; address: string }
export type Penalties = ReturnType<typeof createPenalties>

type Parts = {
  store: Store
  clock: Clock
  pubsub: PubSub
  alone: boolean
  logger: Logger
  metrics: Metrics
  /** A keyed hash: addresses are never kept. */
  hash: (text: string) => string
}

/**
 * What abuse leads to, step by step: a warning, waiting, no sending, kept out for a time. Strikes and penalties are rows, so
 * that a restart forgives nothing; those that hold are known in memory on every process. An address is struck for those only
 * who are not signed in: who shares it with somebody and is signed in goes on.
 */
export function createPenalties({ store, clock, pubsub, alone, logger, metrics, hash }: Parts) {
  const held = new Map<string, PenaltyRow>()
  const struckAt = new Map<string, number>()
  const refused = new Map<string, { count: number; until: number }>()
  const onBan: ((userId: UserId) => void)[] = []
  let seenAt = 0
  let timer: NodeJS.Timeout | undefined

  const subjectOf = ({ userId, address }: Who): string =>
    userId ? `user:${userId}` : `address:${hash(limitKeyOf(address))}`

  /** The penalty that holds, if one does. */
  function of(subject: string): PenaltyRow | undefined {
    const row = held.get(subject)
    if (row && row.until <= clock()) held.delete(subject)
    return row && row.until > clock() ? row : undefined
  }

  function learn(row: PenaltyRow): void {
    seenAt = Math.max(seenAt, row.at)
    if (row.until <= clock()) return void held.delete(row.subject)
    held.set(row.subject, row)
    if (row.kind === 'ban' && row.userId) for (const listener of onBan) listener(row.userId)
  }

  function tell(row: PenaltyRow): void {
    learn(row)
    pubsub.say('penalty', JSON.stringify(row))
  }
  pubsub.hear('penalty', (text) => learn(JSON.parse(text) as PenaltyRow))

  async function look(): Promise<void> {
    const rows = await store.find(penaltyTable, { where: { at: { gte: seenAt } }, limit: MAX_HELD })
    for (const row of rows) learn(row)
  }

  async function strike(who: Who, reason: string, weight = 1): Promise<void> {
    const subject = subjectOf(who)
    const now = clock()
    if (now - (struckAt.get(subject) ?? -AT_MOST_EVERY) < AT_MOST_EVERY) return
    if (struckAt.size > MAX_HELD) struckAt.clear()
    struckAt.set(subject, now)
    for (let tries = 0; tries < 3; tries++) {
      const before = await store.get(penaltyTable, { subject })
      const row = next(before, { subject, userId: who.userId, reason, weight, now })
      const guard = before
        ? must(penaltyTable, { subject }, { at: before.at, strikes: before.strikes })
        : mustNot(penaltyTable, { subject })
      const write = before ? patch(penaltyTable, { subject }, { set: row }) : insert(penaltyTable, row)
      if (!(await commit([write], [guard]))) continue
      metrics.penalties.inc({ kind: row.kind, reason })
      logger.warn({ ...row, suspicious: true }, 'abuse was noticed')
      return tell(row)
    }
  }

  async function commit(writes: readonly Write[], given: readonly Guard[]): Promise<boolean> {
    const make = () => ({ writes, events: [], result: null })
    const [outcome] = await store.commit([{ places: [], given, make }], clock())
    return outcome?.kind === 'done'
  }

  return {
    of,
    subjectOf,
    learn: tell,
    /** Called with whoever is kept out from now on, so that their sockets can be cut. */
    onBan: (listener: (userId: UserId) => void) => void onBan.push(listener),

    /** Refuses `Banned` or, while one has to slow down, `TooManyRequests`; reading goes on. */
    check(who: Who, limit: LimitClass): void {
      if (held.size === 0) return
      const row = of(subjectOf(who))
      if (!row) return
      if (row.kind === 'ban') refuse('Banned', { until: row.until })
      const isSlowed = row.kind === 'slow' || (row.kind === 'mute' && !row.userId)
      if (isSlowed && !unslowed.includes(limit))
        refuse('TooManyRequests', { retryAfter: Math.ceil((row.until - clock()) / SECOND) })
    },

    /** Until when somebody is kept out, in ms; null when they are not. */
    bannedUntil(userId: UserId): number | null {
      const row = of(`user:${userId}`)
      return row?.kind === 'ban' ? row.until : null
    },

    /** Refuses `Banned` for somebody who is about to come in. */
    checkPerson(userId: UserId): void {
      const row = of(`user:${userId}`)
      if (row?.kind === 'ban') refuse('Banned', { until: row.until })
    },

    /** Until when somebody may not send, in ms; null when they may. */
    mutedUntil(userId: UserId): number | null {
      const row = of(`user:${userId}`)
      return row?.kind === 'mute' ? row.until : null
    },

    /** Counts an ask that was refused for coming too often; who goes on regardless is struck. */
    noteRefused(who: Who): void {
      const subject = subjectOf(who)
      const now = clock()
      const known = refused.get(subject)
      const window = known && known.until > now ? known : { count: 0, until: now + REFUSALS.window }
      window.count++
      if (refused.size > MAX_HELD) refused.clear()
      refused.set(subject, window)
      if (window.count < REFUSALS.count) return
      refused.delete(subject)
      strikeSoon(who, 'flood')
    },

    /** Strikes without being waited for. `weight` is how many strikes it counts as. */
    strike: strikeSoon,

    start: async (): Promise<void> => {
      const rows = await store.find(penaltyTable, { where: { until: { gt: clock() } }, limit: MAX_HELD })
      for (const row of rows) learn(row)
      if (!alone) timer = setInterval(() => void look().catch(() => undefined), LOOK_EVERY).unref()
    },
    stop: (): void => clearInterval(timer),

    /** What lifts a penalty and forgets its strikes; `learn` the row afterwards. */
    lifted: (row: PenaltyRow): { write: Write; row: PenaltyRow } => ({
      write: remove(penaltyTable, { subject: row.subject }),
      row: { ...row, strikes: 0, until: clock(), at: clock() },
    }),
  }

  function strikeSoon(who: Who, reason: string, weight = 1): void {
    strike(who, reason, weight).catch((error: unknown) => logger.error({ error }, 'a strike could not be kept'))
  }
}

/** The row after a strike: older strikes fade, and a penalty is never shortened by another strike. */
function next(
  before: PenaltyRow | undefined,
  {
    subject,
    userId,
    reason,
    weight,
    now,
  }: { subject: string; userId: UserId | null; reason: string; weight: number; now: number },
): PenaltyRow {
  const faded = before ? Math.max(0, before.strikes - Math.floor((now - before.at) / FORGOTTEN_EVERY)) : 0
  const strikes = faded + weight
  const step = steps.findLast((each) => each.strikes <= strikes) ?? steps[0]!
  const isLast = step === steps.at(-1)
  const life = isLast ? Math.min(LONGEST_BAN, step.life * 2 ** Math.min(20, strikes - step.strikes)) : step.life
  const until = Math.max(before?.until ?? 0, now + life)
  const isHarder = !before || before.until <= now || rank(step.kind) >= rank(before.kind as PenaltyKind)
  const kind = isHarder ? step.kind : before.kind
  return {
    subject,
    userId,
    kind,
    strikes,
    reason,
    since: before && before.until > now ? before.since : now,
    until,
    at: now,
  }
}

const rank = (kind: PenaltyKind): number => steps.findIndex((step) => step.kind === kind)
