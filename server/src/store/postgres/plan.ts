import type { Place } from '@connectly/protocol'
import { eventTable } from '../log-tables.ts'
import { isWholeKey, keyOf, rowId, valuesKey, type Operation } from './operations.ts'
import { pendingNumber } from './values.ts'
import type { Change, Guard, Made, Numbered, Write } from '../store.ts'

/*
 * What a group does, put into stages so that it comes to the same as its changes one after another. In one stage no change
 * looks at or writes a row that another of its changes has written; what does goes into a later stage of the same flight.
 */

/** How far a group moves a place on. */
export type Bump = {
  place: Place
  /** Numbers taken. */
  taken: number
  /** The first of them that something has still to follow from; 0 for none. */
  reactsFrom: number
  /** How far reactions have come; -1 where nothing is noted. */
  reacted: number
}

export type Plan = {
  /** All places to lock, sorted. */
  places: Place[]
  stages: Operation[][]
  bumps: Bump[]
  made: Made<unknown>[]
  /** Whether the change took numbers, and has to be made again when they are known. */
  numbered: boolean[]
}

/** Runs every change with numbers yet to be taken, and puts what they do into stages. Throws what a change throws. */
export function planGroup(changes: readonly Change[]): Plan {
  const places = [
    ...new Set(changes.flatMap(({ places: own, reacted }) => (reacted ? [...own, reacted.place] : own))),
  ].toSorted()
  const slots = new Map(places.map((place, slot) => [place, slot]))
  const bumps = new Map<Place, Bump>()
  const bumpOf = (place: Place): Bump => {
    let bump = bumps.get(place)
    if (!bump) bumps.set(place, (bump = { place, taken: 0, reactsFrom: 0, reacted: -1 }))
    return bump
  }
  const stages = createStages()
  const made: Made<unknown>[] = []
  const numbered: boolean[] = []

  for (const [index, change] of changes.entries()) {
    const taken: Numbered[] = []
    const next = (place: Place): Numbered => {
      if (!change.places.includes(place)) throw new TypeError(`a change numbers ${place} without naming it`)
      const bump = bumpOf(place)
      bump.taken += 1
      const n = pendingNumber(place, slots.get(place) as number, bump.taken)
      taken.push(n)
      return n
    }
    const one = change.make(next)
    if (!bearEach(one.events, taken)) throw new TypeError('a change took a number that none of its events bears')
    const given = new Set(taken.flatMap(({ seq, at }) => [seq, at]))
    stages.add(index, change, one, given)
    for (const event of one.events) {
      const bump = bumpOf(event.place)
      if (event.reacts && bump.reactsFrom === 0) bump.reactsFrom = offsetOf(event, taken, bump)
    }
    if (change.reacted) {
      const bump = bumpOf(change.reacted.place)
      bump.reacted = Math.max(bump.reacted, change.reacted.seq)
    }
    made.push(one)
    numbered.push(taken.length > 0)
  }
  return { places, stages: stages.all, bumps: [...bumps.values()], made, numbered }
}

/** Which of the numbers that this group takes of its place an event bears: 1 for the first. */
function offsetOf(event: Numbered, taken: readonly Numbered[], { place, taken: upTo }: Bump): number {
  const own = taken.filter((n) => n.place === place)
  return upTo - own.length + own.findIndex((n) => n.seq === event.seq) + 1
}

/** Whether each number is on exactly one event. */
function bearEach(events: readonly Numbered[], taken: readonly Numbered[]): boolean {
  const isBorne = (n: Numbered) => events.some(({ place, seq }) => seq === n.seq && place === n.place)
  return events.length === taken.length && taken.every(isBorne)
}

function createStages() {
  const all: Operation[][] = []
  /** The last stage in which a row, what makes a row unique, or any row of a table was written. */
  const written = new Map<string, number>()
  /** The last stage in which a row, or a table, was looked at by a guard or a reference. */
  const seen = new Map<string, number>()
  const inserted = new Map<string, number>()
  let floor = 0
  let last = -1

  function put(stage: number, operation: Operation): void {
    last = Math.max(last, stage)
    ;(all[stage] ??= []).push(operation)
  }

  const after = (map: Map<string, number>, key: string) => (map.get(key) ?? -1) + 1

  /** The first stage in which all that a change does may happen at once. */
  function stageFor(guards: readonly Guard[], writes: readonly Write[], rows: readonly string[]): number {
    let stage = floor
    for (const guard of guards) stage = Math.max(stage, after(written, lookedAt(guard)))
    for (const [nth, write] of writes.entries()) {
      const row = rows[nth] as string
      stage = Math.max(stage, after(written, row), seen.get(row) ?? 0, seen.get(write.table.name) ?? 0)
      for (const unique of uniqueKeys(write)) stage = Math.max(stage, after(written, unique))
      for (const ref of refKeys(write)) stage = Math.max(stage, written.get(ref) ?? 0)
      if (write.do === 'remove') stage = Math.max(stage, after(inserted, write.table.name))
    }
    return stage
  }

  function add(index: number, change: Change, { writes, events }: Made<unknown>, given: ReadonlySet<number>): void {
    const rows = writes.map(rowId)
    const isAlone = writes.some(isFarReaching) || new Set(rows).size < rows.length
    const stage = isAlone ? last + 1 : stageFor(change.given, writes, rows)
    for (const guard of change.given) {
      put(stage, lookFor(index, guard, change))
      mark(seen, lookedAt(guard), stage)
    }
    for (const [nth, write] of writes.entries()) {
      const own = isAlone ? stage + nth : stage
      put(own, { ...write, change: index, given })
      for (const key of [rows[nth] as string, write.table.name, ...uniqueKeys(write)]) mark(written, key, own)
      for (const ref of refKeys(write)) mark(seen, ref, own + 1)
      if (write.do === 'insert') mark(inserted, write.table.name, own)
    }
    const end = isAlone ? stage + Math.max(0, writes.length - 1) : stage
    for (const { place, seq, at, name, data } of events)
      put(end, { do: 'insert', table: eventTable, row: { place, seq, at, name, data }, change: index, given })
    if (isAlone) floor = last + 1
  }

  return { all, add }
}

/** What a guard looks at: its row, or the table where its key does not name one. */
const lookedAt = ({ table, key }: Guard): string => (isWholeKey(table, key) ? keyOf(table, key) : table.name)

function mark(map: Map<string, number>, key: string, stage: number): void {
  if ((map.get(key) ?? -1) < stage) map.set(key, stage)
}

/**
 * A guard as an operation. Its row is locked unless the change holds a place that whoever writes the row commits to. A
 * session's end is told to all processes and looked at again before the answer, so that a send need not lock its session.
 */
function lookFor(change: number, guard: Guard, { places }: Change): Operation {
  const { table, key, must } = guard
  const { roomId, userId } = key as { roomId?: string; userId?: string }
  const isHeld = places.includes(roomId ? `room:${roomId}` : `user:${userId}`)
  return { do: 'guard', table, guard, change, lock: must && !isHeld && table.name !== 'sessions' }
}

/** A write whose reach is not told by the row it names: it is done by itself, before and after all others. */
function isFarReaching(write: Write): boolean {
  const { table } = write
  if (write.do === 'insert') return false
  if (!isWholeKey(table, write.key)) return true
  if (write.do === 'remove') return table.unique.length > 0
  const telling = new Set([...table.unique.flat(), ...Object.keys(table.refs)])
  return Object.keys({ ...write.set, ...write.add }).some((column) => telling.has(column))
}

/** What makes the new row unique beside its key. */
function uniqueKeys(write: Write): string[] {
  if (write.do !== 'insert') return NONE
  const row = write.row as Record<string, unknown>
  const { name, unique } = write.table
  const keys: string[] = []
  for (const columns of unique)
    if (!columns.some((column) => row[column] === null)) keys.push(valuesKey(`${name} ${columns.join()}`, columns, row))
  return keys
}

/** The rows that the new row names. A table that is named has a key of one column. */
function refKeys(write: Write): string[] {
  if (write.do !== 'insert') return NONE
  const { refs } = write.table
  const keys: string[] = []
  for (const column in refs) keys.push(valuesKey(refs[column] as string, [column], write.row))
  return keys
}

const NONE: string[] = []
