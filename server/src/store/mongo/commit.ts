import type { AnyBulkWriteOperation, ClientSession, Db } from 'mongodb'
import { placeTable } from '../log-tables.ts'
import { decide, foresee, type Touched } from './decide.ts'
import { TIMEOUT } from './limits.ts'
import { addPlaces, draftAll, lockPlaces, NewPlaces, placesToLock, type PlacesInHand } from './places.ts'
import { RAISE, toDoc, type Doc, type Value } from './rows.ts'
import type { Transact } from './transaction.ts'
import { claimsOf, MustAsk, openView, type Entry, type View } from './view.ts'
import type { Change, Outcome } from '../store.ts'
import type { Table } from '../table.ts'

/*
 * One transaction a group:
 *
 *   lock the places, sorted · read what guards and writes name, a query a table · decide, change by change, in memory ·
 *   write, at most a delete, an update and an insert a table · commit
 *
 * The first round trip takes the locks and with them the moment that all the rest sees, so a change that is unmet, refused
 * or in conflict is decided before anything is written, and its neighbours need no second run. What is inserted is believed
 * to be new; if the server finds a duplicate, the transaction is gone, and the group is run again, asking for everything.
 */

const DUPLICATE_KEY = 11000
/** The first tells that something was there; further ones, that it came between two tries. */
const MAX_DUPLICATES = 10

/** Commits a group; see `Store.commit`. `onDuplicate` is called when one was found only by the server. */
export async function commitGroup(
  parts: { db: Db; transact: Transact; onDuplicate: () => void },
  changes: readonly Change[],
  now: number,
): Promise<Outcome[]> {
  const { db, transact } = parts
  const toLock = placesToLock(changes)
  let how: 'known' | 'asked' = 'known'
  let duplicates = 0
  return transact(async (session) => {
    const places = await lockPlaces(db, session, toLock)
    const drafts = draftAll(changes, places, now)
    const view = openView(db, session)
    const run = async () => {
      await foresee(changes, drafts, view, how)
      return decide(changes, drafts, { view, places, now }, how)
    }
    const { outcomes, touched } = await run().catch((error: unknown) => {
      if (!(error instanceof MustAsk)) throw error
      how = 'asked'
      view.restart()
      places.restart()
      return run()
    })
    await writeAll(db, session, { view, places, touched })
    return outcomes
  }, mend)

  /** What can be mended before the transaction is tried again. */
  async function mend(error: unknown): Promise<boolean> {
    if (error instanceof NewPlaces) {
      await addPlaces(db, error.places)
      return true
    }
    if ((error as { code?: unknown }).code !== DUPLICATE_KEY || duplicates++ >= MAX_DUPLICATES) return false
    parts.onDuplicate()
    how = 'asked'
    return true
  }
}

/** Writes what the group has come to, table by table. */
async function writeAll(
  db: Db,
  session: ClientSession,
  { view, places, touched }: { view: View; places: PlacesInHand; touched: Touched },
): Promise<void> {
  const writes = new Map<string, Writes>()
  const writesTo = (name: string): Writes => {
    const known = writes.get(name) ?? { gone: [], touched: [], updates: [], inserts: [] }
    writes.set(name, known)
    return known
  }
  for (const { table, entries } of view.sheets())
    for (const entry of entries.values()) if (entry.now !== entry.base) addWrite(writesTo(table.name), table, entry)
  for (const row of places.moved()) {
    const { _id, place: _place, ...numbers } = toDoc(placeTable, row)
    writesTo(placeTable.name).updates.push({ _id, set: numbers })
  }
  for (const [name, ids] of touched.rows) {
    const entries = view.sheet(name)?.entries
    for (const id of ids) {
      const entry = entries?.get(id)
      if (entry?.now && !isWritten(entry)) writesTo(name).touched.push(id)
    }
  }
  if (touched.places.size > 0) writesTo(placeTable.name).touched.push(...touched.places)

  for (const [name, of] of [...writes].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const operations = operationsOf(of)
    if (operations.length > 0)
      await db.collection<Doc>(name).bulkWrite(operations, { session, ordered: true, maxTimeMS: TIMEOUT })
  }
}

type Writes = {
  gone: string[]
  touched: string[]
  updates: { _id: string; set: Record<string, Value> }[]
  inserts: Doc[]
}

/** The columns in which a row differs from what is kept. */
const changed = (before: Doc, after: Doc) =>
  Object.fromEntries(Object.entries(after).filter(([name, value]) => value !== before[name])) as Record<string, Value>

const isWritten = ({ base, now }: Entry) => !base || (now !== null && Object.keys(changed(base, now)).length > 0)

/**
 * A row whose unique sets change is taken away and put back: what it held is free before anything else takes it, in
 * whatever order the changes came.
 */
function addWrite(writes: Writes, table: Table, { id, base, now }: Entry): void {
  if (base && now) {
    const freed = claimsOf(table, base).join() !== claimsOf(table, now).join()
    const set = changed(base, now)
    if (!freed && Object.keys(set).length > 0) writes.updates.push({ _id: id, set })
    if (!freed) return
  }
  if (base) writes.gone.push(id)
  if (now) writes.inserts.push(now)
}

/** Deletions first, insertions last: those of one kind that follow one another travel together. */
function operationsOf({ gone, touched, updates, inserts }: Writes): AnyBulkWriteOperation<Doc>[] {
  const operations: AnyBulkWriteOperation<Doc>[] = []
  if (gone.length > 0) operations.push({ deleteMany: { filter: { _id: { $in: gone } } } })
  if (touched.length > 0) operations.push({ updateMany: { filter: { _id: { $in: touched } }, update: RAISE } })
  for (const { _id, set } of updates)
    operations.push({ updateOne: { filter: { _id: { $eq: _id } }, update: { $set: set } } })
  for (const document of inserts) operations.push({ insertOne: { document } })
  return operations
}
