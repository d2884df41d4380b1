import { placeParts, registry, type Frame, type LoggedEvent, type Place, type UserId } from '@connectly/protocol'
import type { PubSub } from '../pubsub/pubsub.ts'
import { eventTable, placeTable, type EventRow } from '../store/log-tables.ts'
import type { Reader } from '../store/store.ts'
import type { Clock } from './clock.ts'
import { bare, type Happened } from './context.ts'
import type { Logger } from './logger.ts'
import type { Metrics } from './metrics.ts'

/** How long an earlier event of a place is waited for before the log is asked for it, in ms. */
const PATIENCE = 60
/** How long the log is left alone after it could not be read, in ms. */
const AFTER_FAILURE = 1000
/** How often places that were touched lately are looked at for what was missed, in ms. */
const SWEEP_EVERY = 2000
/** How far back that look goes, in ms: longer than the clocks of two processes may differ. */
const LATELY = 15_000
/** The most places that one look takes in. */
const MAX_TOUCHED = 20_000
/** The most events that are told from the log; above it, readers ask for what they miss. */
const MAX_TOLD = 200
const MAX_READ = 1000

/** Who hears what happens in a place. The transport is one. */
export interface Audience {
  /** Says a frame to everyone seated in its place; to some, another in its stead. */
  tell(frame: Frame, instead?: ReadonlyMap<UserId, Frame>): void
  /** Seats a person's connections in a place. */
  open(userId: UserId, place: Place): void
  /** Takes them out of it. */
  close(userId: UserId, place: Place): void
  /** Who has a connection seated in a place: nobody more than once. */
  hearers(place: Place): readonly UserId[]
  /** Whether anybody is. */
  serves(place: Place): boolean
}

/** Gives what the log left out back to its events, as one viewer may see it. */
export type Fill = (me: UserId, rows: readonly EventRow[]) => Promise<LoggedEvent[]>

export type Relay = {
  /** Tells what this process has committed in one place: here, and to the other processes. */
  tell(place: Place, events: readonly Happened[]): void
  /** Somebody is seated here who knows a place up to this number: it is told from the next one on. */
  serve(place: Place, seq: number): void
  /** Looks for what was missed. */
  sweep(): Promise<void>
  start(): void
  stop(): void
}

/** What is held of a place until what comes before it is there. */
type Early = { runs: (readonly Happened[])[]; timer: ReturnType<typeof setTimeout> | null }

/**
 * Tells places to whoever is seated here, each in the order of its numbers, whichever process committed them. What another
 * process says comes as a message; one that is missing is read from the log, so that a message lost is nothing lost.
 */
export function createRelay(parts: {
  pubsub: PubSub
  store: Reader
  clock: Clock
  logger: Logger
  metrics: Metrics
  audience: () => Audience
  fill: Fill
  /** The rooms in which a person has a seat now, as places. */
  seatsOf: (userId: UserId) => Promise<readonly Place[]>
  /** Whether no other process shares the store: everything is told as it comes. */
  alone: boolean
}): Relay {
  const { pubsub, store, clock, logger, metrics, alone } = parts
  /** The last number told, of each place that somebody here is seated in. */
  const told = new Map<Place, number>()
  const early = new Map<Place, Early>()
  const filling = new Set<Place>()
  let timer: NodeJS.Timeout | undefined

  pubsub.hear('told', (text) => {
    const { place, to, events } = read(text)
    if (!told.has(place) && !parts.audience().serves(place) && !events?.some(({ type }) => type.opens)) return
    if (events) return arrive(place, events)
    if ((told.get(place) ?? to) < to) catchUpSoon(place, 0)
  })
  pubsub.onHealed(() => void sweep())

  function tell(place: Place, events: readonly Happened[]): void {
    if (alone) return tellPlace(place, events)
    arrive(place, events)
    pubsub.say('told', written(place, events, pubsub.longest))
  }

  /** Events of a place, from wherever: what was told already is dropped, what comes too early is held. */
  function arrive(place: Place, events: readonly Happened[]): void {
    const last = told.get(place)
    const first = events[0]
    if (!first) return
    if (last === undefined) {
      tellPlace(place, events)
      if (parts.audience().serves(place)) told.set(place, (events.at(-1) as Happened).n.seq)
      return
    }
    if (filling.has(place) || first.n.seq > last + 1) return hold(place, events)
    const fresh = events.filter(({ n }) => n.seq > last)
    if (fresh.length === 0) return
    told.set(place, (fresh.at(-1) as Happened).n.seq)
    tellPlace(place, fresh)
    release(place)
  }

  function hold(place: Place, events: readonly Happened[]): void {
    const held = early.get(place) ?? { runs: [], timer: null }
    held.runs.push(events)
    early.set(place, held)
    catchUpSoon(place, PATIENCE)
  }

  /** What was held may be told now, or is told already. */
  function release(place: Place): void {
    const held = early.get(place)
    if (!held) return
    early.delete(place)
    if (held.timer) clearTimeout(held.timer)
    for (const run of held.runs.toSorted((a, b) => (a[0]?.n.seq ?? 0) - (b[0]?.n.seq ?? 0))) arrive(place, run)
  }

  function catchUpSoon(place: Place, wait: number): void {
    const held = early.get(place) ?? { runs: [], timer: null }
    early.set(place, held)
    if (filling.has(place)) return
    held.timer ??= setTimeout(() => void catchUp(place), wait)
    held.timer.unref()
  }

  /** Reads from the log what was missed of a place and tells it to each who is seated here, as they may see it. */
  async function catchUp(place: Place): Promise<void> {
    const held = early.get(place)
    if (held) held.timer = null
    const after = told.get(place)
    if (after === undefined || filling.has(place)) return
    filling.add(place)
    try {
      const rows = await store.find(eventTable, {
        where: { place, seq: { gt: after } },
        order: [['seq', 'asc']],
        limit: MAX_TOLD + 1,
      })
      metrics.gaps.inc()
      if (rows.length > MAX_TOLD || (rows[0] && rows[0].seq !== after + 1)) await tellBehind(place, after)
      else await tellRows(place, rows)
      const { kind, id } = placeParts(place)
      if (kind === 'user' && rows.length > 0) await seatAnew(id as UserId)
    } catch (error) {
      logger.warn({ error, place }, 'what was missed could not be read; it is tried again')
      await new Promise((done) => setTimeout(done, AFTER_FAILURE).unref())
    } finally {
      filling.delete(place)
      release(place)
    }
  }

  /**
   * Somebody's own place was behind, so what gave them a seat may be lost as well: they are seated in rooms that nobody here
   * was in. The number is read before the seats, and a room of which something was told meanwhile is left to that.
   */
  async function seatAnew(userId: UserId): Promise<void> {
    const unknown = (await parts.seatsOf(userId)).filter((place) => !told.has(place))
    if (unknown.length === 0) return
    const rows = await store.find(placeTable, { where: { place: { in: unknown } }, limit: unknown.length })
    const still = new Set(await parts.seatsOf(userId))
    for (const { place, seq } of rows) {
      if (told.has(place) || !still.has(place)) continue
      parts.audience().open(userId, place)
      if (parts.audience().serves(place)) told.set(place, seq)
    }
  }

  /** Rows of the log, cut where somebody's seat opens or closes. What the log left out is filled in for each. */
  async function tellRows(place: Place, rows: readonly EventRow[]): Promise<void> {
    let run: EventRow[] = []
    const say = async () => {
      const now = run
      run = []
      if (now.length === 0) return
      const hearers = parts.audience().hearers(place)
      const frames = await Promise.all(
        hearers.map(async (userId) => [userId, { place, events: await parts.fill(userId, now) }] as const),
      )
      told.set(place, (now.at(-1) as EventRow).seq)
      parts.audience().tell({ place, events: now.map(bareRow) }, new Map(frames))
    }
    for (const row of rows) {
      const { opens, closes } = registry.events.get(row.name) ?? {}
      if (opens) {
        await say()
        parts.audience().open(row.data[opens] as UserId, place)
      }
      run.push(row)
      if (closes) {
        await say()
        parts.audience().close(row.data[closes] as UserId, place)
      }
    }
    await say()
  }

  /**
   * Too much was missed: seats are opened and closed as if it had been told, and readers hear the newest number alone, see
   * that they are behind, and ask.
   */
  async function tellBehind(place: Place, after: number): Promise<void> {
    let last: EventRow | undefined
    for (let from = after; ; from = (last as EventRow).seq) {
      const where = { place, seq: { gt: from } }
      const rows = await store.find(eventTable, { where, order: [['seq', 'asc']], limit: MAX_READ })
      for (const row of rows) {
        const { opens, closes } = registry.events.get(row.name) ?? {}
        if (opens) parts.audience().open(row.data[opens] as UserId, place)
        if (closes) parts.audience().close(row.data[closes] as UserId, place)
      }
      last = rows.at(-1) ?? last
      if (rows.length < MAX_READ) break
    }
    if (!last) return
    told.set(place, last.seq)
    parts.audience().tell({ place, events: [bareRow(last)] })
  }

  /** One frame, cut where somebody's seat opens or closes: they hear nothing before the one or after the other. */
  function tellPlace(place: Place, events: readonly Happened[]): void {
    const audience = parts.audience()
    let run: LoggedEvent[] = []
    let from = 0
    const say = (upTo: number) => {
      if (run.length > 0) audience.tell({ place, events: run }, unheard(place, events.slice(from, upTo)))
      if (run.length > 0) metrics.frames.inc()
      run = []
      from = upTo
    }
    for (const [index, { type, n, data }] of events.entries()) {
      if (type.opens) {
        say(index)
        audience.open(data[type.opens] as UserId, place)
      }
      run.push({ seq: n.seq, at: n.at, name: type.name, data })
      if (type.closes) {
        say(index + 1)
        audience.close(data[type.closes] as UserId, place)
      }
    }
    say(events.length)
  }

  async function sweep(): Promise<void> {
    metrics.lost.set(pubsub.lost())
    for (const place of told.keys()) if (!parts.audience().serves(place) && !filling.has(place)) told.delete(place)
    if (told.size === 0) return
    try {
      const where = { lastAt: { gt: clock() - LATELY } }
      for (const { place, seq } of await store.find(placeTable, { where, limit: MAX_TOUCHED }))
        if ((told.get(place) ?? seq) < seq) catchUpSoon(place, PATIENCE)
    } catch (error) {
      logger.warn({ error }, 'places could not be looked at for what was missed; the next look is soon')
    }
  }

  return {
    tell,
    serve: (place, seq) => {
      if (!alone && !told.has(place)) told.set(place, seq)
    },
    sweep,
    start: () => {
      if (alone) return
      timer = setInterval(() => void sweep(), SWEEP_EVERY)
      timer.unref()
    },
    stop: () => {
      clearInterval(timer)
      for (const { timer: waiting } of early.values()) if (waiting) clearTimeout(waiting)
    },
  }
}

/** The frames of those who may not know what some of these events say: with their numbers, and nothing more. */
function unheard(place: Place, events: readonly Happened[]): ReadonlyMap<UserId, Frame> | undefined {
  const some = new Set(events.flatMap((event) => event.unheardBy ?? []))
  if (some.size === 0) return undefined
  const frameFor = (userId: UserId): Frame => ({
    place,
    events: events.map((event) => ({
      seq: event.n.seq,
      at: event.n.at,
      name: event.type.name,
      data: event.unheardBy?.includes(userId) ? bare(event) : event.data,
    })),
  })
  return new Map([...some].map((userId) => [userId, frameFor(userId)]))
}

/** A row of the log for somebody who is not known here: what it keeps, and nothing in place of the rest. */
function bareRow({ place, seq, at, name, data }: EventRow): LoggedEvent {
  const type = registry.events.get(name)
  return { seq, at, name, data: type ? bare({ type, n: { place, seq, at }, data }) : data }
}

type Sent = [seq: number, at: number, name: string, data: Record<string, unknown>, unheardBy?: readonly UserId[]]

/** What happened in a place as a message: its numbers, and the events where they fit. */
function written(place: Place, events: readonly Happened[], longest: number): string {
  const numbers = `${place} ${events[0]?.n.seq} ${events.at(-1)?.n.seq}\n`
  const sent = events.map(({ n, type, data, unheardBy }): Sent =>
    unheardBy ? [n.seq, n.at, type.name, data, unheardBy] : [n.seq, n.at, type.name, data],
  )
  const text = numbers + JSON.stringify(sent)
  return longest < Infinity && Buffer.byteLength(text) > longest ? numbers : text
}

function read(text: string): { place: Place; to: number; events: readonly Happened[] | null } {
  const end = text.indexOf('\n')
  const [place, , to] = text.slice(0, end).split(' ') as [Place, string, string]
  if (end === text.length - 1) return { place, to: Number(to), events: null }
  const sent = JSON.parse(text.slice(end + 1)) as Sent[]
  const events = sent.flatMap(([seq, at, name, data, unheardBy]) => {
    const type = registry.events.get(name)
    return type ? [{ type, n: { place, seq, at }, data, ...(unheardBy && { unheardBy }) }] : []
  })
  return { place, to: Number(to), events }
}
