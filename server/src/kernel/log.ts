import type { Frame, LoggedEvent, Place, UserId } from '@connectly/protocol'
import type { Change, Guard, Outcome, Store } from '../store/store.ts'
import type { Clock } from './clock.ts'
import { bare, stored, type Doing, type Happened, type Next } from './context.ts'
import type { Logger } from './logger.ts'
import type { Metrics } from './metrics.ts'
import { refuse } from './refuse.ts'

/** The most changes that share one commit. */
const MAX_GROUP = 256

/** Who hears what happens in a place. The transport is one. */
export interface Audience {
  /** Says a frame to everyone seated in its place; to some, another in its stead. */
  tell(frame: Frame, instead?: ReadonlyMap<UserId, Frame>): void
  /** Seats a person's connections in a place. */
  open(userId: UserId, place: Place): void
  /** Takes them out of it. */
  close(userId: UserId, place: Place): void
}

/** What was recorded, with its events in full, as they are told. */
export type Recorded<Result> = { result: Result; events: readonly Happened[] }
export type LogOutcome<Result> = { kind: 'done'; recorded: Recorded<Result> } | Exclude<Outcome, { kind: 'done' }>

export type Log = {
  record<Result>(
    places: readonly Place[],
    given: readonly Guard[],
    make: (next: Next) => Doing<Result>,
  ): Promise<LogOutcome<Result>>
  /** Notes how far a place's reactions have come. */
  reacted(place: Place, seq: number): Promise<void>
  /** Resolves when nothing waits to be committed or told. */
  settled(): Promise<void>
}

type Waiting = { change: Change<Recorded<unknown>>; settle: (outcome: Outcome) => void; fail: (error: unknown) => void }

/**
 * The numbered logs of all places. Changes of one turn of the event loop share one commit; whoever asked is answered
 * first, then the places are told, one frame each, in the order of their numbers.
 */
export function createLog(parts: {
  store: Store
  clock: Clock
  logger: Logger
  metrics: Metrics
  audience: () => Audience
  reactsTo: ReadonlySet<string>
  onReactable: (place: Place) => void
}): Log {
  const { store, clock, logger, metrics, reactsTo } = parts
  const waiting: Waiting[] = []
  const untold: Happened[][] = []
  const idle: (() => void)[] = []
  let scheduled = false
  let committing = false
  let telling = false

  function schedule(): void {
    if (scheduled || committing || waiting.length === 0) return
    scheduled = true
    setImmediate(() => void flush())
  }

  async function flush(): Promise<void> {
    scheduled = false
    committing = true
    const group = waiting.splice(0, MAX_GROUP)
    metrics.commits.observe(group.length)
    try {
      const outcomes = await store.commit(
        group.map((each) => each.change),
        clock(),
      )
      group.forEach((each, index) => each.settle(outcomes[index] as Outcome))
      const changes = outcomes.flatMap((outcome) =>
        outcome.kind === 'done' ? [(outcome.made.result as Recorded<unknown>).events] : [],
      )
      for (const run of runsOf(changes)) tellSoon(run)
    } catch (error) {
      logger.error({ error, changes: group.length }, 'the store did not keep a group of changes')
      group.forEach((each) => each.fail(error))
    } finally {
      committing = false
      schedule()
      restIfIdle()
    }
  }

  /** After the answers: those go out in this turn of the event loop, the frames in the next. */
  function tellSoon(events: Happened[]): void {
    untold.push(events)
    if (telling) return
    telling = true
    setImmediate(() => {
      telling = false
      for (const group of untold.splice(0)) tellGroup(group)
      restIfIdle()
    })
  }

  function tellGroup(events: readonly Happened[]): void {
    const byPlace = new Map<Place, Happened[]>()
    for (const event of events) {
      const list = byPlace.get(event.n.place)
      if (list) list.push(event)
      else byPlace.set(event.n.place, [event])
    }
    for (const [place, list] of byPlace) {
      try {
        tellPlace(place, list)
      } catch (error) {
        logger.error({ error, place }, 'a frame could not be told; readers catch up by number')
      }
      if (list.some((event) => reactsTo.has(event.type.name))) parts.onReactable(place)
    }
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

  function restIfIdle(): void {
    if (scheduled || committing || telling || waiting.length > 0 || untold.length > 0) return
    for (const done of idle.splice(0)) done()
  }

  async function submit(change: Change<Recorded<unknown>>): Promise<Outcome> {
    try {
      return await new Promise<Outcome>((settle, fail) => {
        waiting.push({ change, settle, fail })
        schedule()
      })
    } catch {
      return refuse('Unavailable')
    }
  }

  return {
    record: async <Result>(places: readonly Place[], given: readonly Guard[], make: (next: Next) => Doing<Result>) => {
      const change: Change<Recorded<Result>> = {
        places,
        given,
        make: (next) => {
          const { writes, events, result } = make(next)
          return {
            writes,
            events: events.map((event) => stored(event, reactsTo.has(event.type.name))),
            result: { result, events },
          }
        },
      }
      const outcome = await submit(change)
      return outcome.kind === 'done' ? { kind: 'done', recorded: outcome.made.result as Recorded<Result> } : outcome
    },
    reacted: async (place, seq) => {
      await submit({
        places: [place],
        given: [],
        reacted: { place, seq },
        make: () => ({ writes: [], events: [], result: { result: null, events: [] } }),
      })
    },
    settled: () =>
      new Promise((done) => {
        idle.push(done)
        setImmediate(restIfIdle)
      }),
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

/**
 * What is told together. Changes of one commit are, one frame a place; but one that gives or takes a seat is told by
 * itself, since it says something in two places, and what else happened in them must not get between or before.
 */
function runsOf(changes: readonly (readonly Happened[])[]): Happened[][] {
  const runs: Happened[][] = []
  let isOpen = false
  for (const events of changes) {
    const seats = events.some(({ type }) => type.opens !== undefined || type.closes !== undefined)
    if (seats || !isOpen) runs.push([...events])
    else runs.at(-1)?.push(...events)
    isOpen = !seats
  }
  return runs.filter((run) => run.length > 0)
}
