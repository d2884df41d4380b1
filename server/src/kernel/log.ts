import { isDeepStrictEqual } from 'node:util'
import type { Place } from '@connectly/protocol'
import type { Change, Guard, Numbered, Outcome, Store } from '../store/store.ts'
import type { Clock } from './clock.ts'
import { stored, type Doing, type Happened, type Next } from './context.ts'
import type { Logger } from './logger.ts'
import type { Metrics } from './metrics.ts'
import { refuse } from './refuse.ts'

/** The most changes that share one commit. */
const MAX_GROUP = 256
/**
 * How long a commit may take before another is begun beside it, in ms: one that waits for a place which another process
 * has locked must not hold back the rest.
 */
const LONG = 25

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
  /** Tells what happened in one place. */
  tell: (place: Place, events: readonly Happened[]) => void
  reactsTo: ReadonlySet<string>
  /** Makes each change twice and compares; for tests: an engine may make it again once its numbers are known. */
  checkPure?: boolean
  onReactable: (place: Place) => void
}): Log {
  const { store, clock, logger, metrics, reactsTo } = parts
  const waiting: Waiting[] = []
  const untold: Happened[][] = []
  const idle: (() => void)[] = []
  const busy = new Set<Place>()
  let scheduled = false
  let commits = 0
  let isLong = false
  let telling = false

  function schedule(): void {
    if (scheduled || waiting.length === 0 || commits >= (isLong ? store.atOnce : 1)) return
    scheduled = true
    setImmediate(() => void flush())
  }

  /** The changes that may be committed now, in their order: none of a place that is being committed. */
  function nextGroup(): Waiting[] {
    if (busy.size === 0) return waiting.splice(0, MAX_GROUP)
    const held = new Set(busy)
    const group: Waiting[] = []
    const left: Waiting[] = []
    for (const each of waiting.splice(0)) {
      const places = placesOf(each.change)
      if (group.length < MAX_GROUP && !places.some((place) => held.has(place))) group.push(each)
      else {
        left.push(each)
        for (const place of places) held.add(place)
      }
    }
    waiting.push(...left)
    return group
  }

  async function flush(): Promise<void> {
    scheduled = false
    const group = nextGroup()
    if (group.length === 0) return
    const places = group.flatMap(({ change }) => placesOf(change))
    for (const place of places) busy.add(place)
    commits++
    const long = setTimeout(() => {
      isLong = true
      schedule()
    }, LONG)
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
      clearTimeout(long)
      for (const place of places) busy.delete(place)
      commits--
      isLong = false
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
        parts.tell(place, list)
      } catch (error) {
        logger.error({ error, place }, 'a frame could not be told; readers catch up by number')
      }
      if (list.some((event) => reactsTo.has(event.type.name))) parts.onReactable(place)
    }
  }

  function restIfIdle(): void {
    if (scheduled || commits > 0 || telling || waiting.length > 0 || untold.length > 0) return
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
          const { writes, events, result } = parts.checkPure ? madeTwice(make, next) : make(next)
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

/** Throws if what is told or answered is not the same when it is made again with the same numbers. */
function madeTwice<Result>(make: (next: Next) => Doing<Result>, next: Next): Doing<Result> {
  const taken: Numbered[] = []
  const first = make((place) => {
    const n = next(place)
    taken.push(n)
    return n
  })
  let nth = 0
  const second = make(() => taken[nth++] as Numbered)
  if (!isDeepStrictEqual([first.events, first.result], [second.events, second.result]))
    throw new Error(`a change is not pure: ${first.events.map(({ type }) => type.name).join(', ')}`)
  return first
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

const placesOf = ({ places, reacted }: Change): readonly Place[] => (reacted ? [...places, reacted.place] : places)
