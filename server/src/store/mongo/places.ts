import type { ClientSession, Db } from 'mongodb'
import type { Place } from '@connectly/protocol'
import { placeTable, type PlaceRow } from '../log-tables.ts'
import { placesOfAbsence } from './cover.ts'
import { TIMEOUT } from './limits.ts'
import { fromDoc, RAISE, toDoc, TOUCH, type Doc, type Value } from './rows.ts'
import type { Change, Made, Numbered, StoredEvent } from '../store.ts'

/** What a change has made, with the numbers that it was given for it. */
export type Draft = { made: Made<unknown>; taken: readonly Numbered[] }

/** A place's row as the group moves it on, beside the one that is kept. */
type InHand = { row: PlaceRow; stored: PlaceRow }

export type PlacesInHand = {
  of(place: Place): PlaceRow
  /** Notes what the events of a change that is done, and its reactions, mean for the marks. */
  told(change: Change, events: readonly StoredEvent[]): void
  /** The rows that have changed. */
  moved(): PlaceRow[]
  /** As they were when they were read. */
  restart(): void
}

/** Every place that a group has to lock, sorted: whoever comes second to the first of them meets nobody at the others. */
export function placesToLock(changes: readonly Change[]): Place[] {
  const all = changes.flatMap(({ places, given, reacted }) => [
    ...places,
    ...given.flatMap(placesOfAbsence),
    ...(reacted ? [reacted.place] : []),
  ])
  return [...new Set(all)].toSorted()
}

/** A place was never locked before and has no document yet. */
export class NewPlaces extends Error {
  places: Place[]
  constructor(places: Place[]) {
    super('places without a row')
    this.places = places
  }
}

/**
 * Locks places by writing to each of them, before anything is read: whoever else holds one, or has moved it on since this
 * transaction's moment, makes the server refuse this with a write conflict at once. Throws `NewPlaces` for the missing.
 */
export async function lockPlaces(db: Db, session: ClientSession, places: readonly Place[]): Promise<PlacesInHand> {
  const rows = db.collection<Doc>(placeTable.name)
  const found: Doc[] = []
  const [only, ...more] = places
  const options = { session, projection: { _id: 0, [TOUCH]: 0 }, maxTimeMS: TIMEOUT }
  if (only !== undefined && more.length === 0) {
    const row = await rows.findOneAndUpdate({ _id: { $eq: only } }, RAISE, { ...options, returnDocument: 'after' })
    if (row) found.push(row)
  } else if (only !== undefined) {
    const them = { _id: { $in: [...places] } }
    const { matchedCount } = await rows.updateMany(them, RAISE, { session, maxTimeMS: TIMEOUT })
    if (matchedCount > 0) found.push(...((await rows.find(them, options).toArray()) as Doc[]))
  }
  const kept = new Map(found.map((doc) => [doc['place'] as Place, fromDoc(placeTable, doc as Record<string, Value>)]))
  const missing = places.filter((place) => !kept.has(place))
  if (missing.length > 0) throw new NewPlaces(missing)
  return inHand(kept)
}

/**
 * Gives new places a row, outside of any transaction: inside one, two that open the same place would not meet in a write
 * conflict but in a duplicate key. A row with the number 0 is not there for whoever reads.
 */
export async function addPlaces(db: Db, places: readonly Place[]): Promise<void> {
  const blank = places.map((place) => toDoc(placeTable, { place, seq: 0, lastAt: 0, reactedSeq: 0, unreacted: false }))
  const adding = blank.map(({ _id, ...row }) => ({
    updateOne: { filter: { _id: { $eq: _id } }, update: { $setOnInsert: row }, upsert: true },
  }))
  try {
    await db.collection<Doc>(placeTable.name).bulkWrite(adding, { ordered: false })
  } catch (error) {
    // Two upserts of one row: the other one was first.
    if ((error as { code?: unknown }).code !== 11000) throw error
  }
}

function inHand(kept: ReadonlyMap<Place, PlaceRow>): PlacesInHand {
  const places = new Map<Place, InHand>()
  const restart = () => {
    for (const [place, stored] of kept) places.set(place, { stored, row: { ...stored } })
  }
  restart()
  const of = (place: Place): PlaceRow => {
    const held = places.get(place)
    if (!held) throw new TypeError(`${place} was not locked`)
    return held.row
  }
  return {
    of,
    restart,
    told({ reacted }, events) {
      for (const event of events) {
        const row = of(event.place)
        if (event.reacts) row.unreacted = true
        else if (!row.unreacted) row.reactedSeq = event.seq
      }
      if (!reacted) return
      const row = of(reacted.place)
      row.reactedSeq = Math.max(row.reactedSeq, reacted.seq)
      row.unreacted = row.reactedSeq < row.seq
    },
    moved: () =>
      [...places.values()].flatMap(({ row, stored }) =>
        row.seq !== stored.seq || row.reactedSeq !== stored.reactedSeq || row.unreacted !== stored.unreacted
          ? [row]
          : [],
      ),
  }
}

/** Runs all changes as if none of them were refused, to learn what they will read. One that throws has no draft. */
export function draftAll(changes: readonly Change[], places: PlacesInHand, now: number): (Draft | undefined)[] {
  const drafts = changes.map((change) => {
    try {
      return numbering(places, change, now)
    } catch {
      return undefined
    }
  })
  places.restart()
  return drafts
}

/**
 * Runs `make` with the next numbers of its places, which are then taken. A draft that was made with the very same numbers
 * is used instead. `undo` gives the numbers back.
 */
export function numbering(
  places: PlacesInHand,
  change: Change,
  now: number,
  draft?: Draft,
): { made: Made<unknown>; taken: Numbered[]; undo: () => void } {
  const taken: Numbered[] = []
  const before: { row: PlaceRow; lastAt: number }[] = []
  const undo = () => {
    for (const { row, lastAt } of before) Object.assign(row, { seq: row.seq - 1, lastAt })
    before.length = taken.length = 0
  }
  const next = (place: Place): Numbered => {
    if (!change.places.includes(place)) throw new TypeError(`a change numbers ${place} without naming it`)
    const row = places.of(place)
    before.unshift({ row, lastAt: row.lastAt })
    row.seq += 1
    row.lastAt = Math.max(now, row.lastAt)
    const numbered = { place, seq: row.seq, at: row.lastAt }
    taken.push(numbered)
    return numbered
  }
  try {
    if (draft) {
      const same = draft.taken.every(({ place, seq, at }) => {
        const n = next(place)
        return n.seq === seq && n.at === at
      })
      if (same) return { made: draft.made, taken, undo }
      undo()
    }
    const made = change.make(next)
    if (!bearEach(made.events, taken)) throw new TypeError('a change took a number that none of its events bears')
    return { made, taken, undo }
  } catch (error) {
    undo()
    throw error
  }
}

/** Whether each number is on exactly one event. */
function bearEach(events: readonly Numbered[], taken: readonly Numbered[]): boolean {
  const isBorne = (n: Numbered) => events.some(({ place, seq }) => seq === n.seq && place === n.place)
  return events.length === taken.length && taken.every(isBorne)
}
