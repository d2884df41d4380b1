import type { Place, RefusalCode } from '@connectly/protocol'
import { eventTable, placeTable } from '../log-tables.ts'
import { isCovered, placeOfRow } from './cover.ts'
import { filterOf, fitter } from './filter.ts'
import { allTables, encode, idOf, keptTable, tableNamed, toDoc, wantedId, type Doc, type Value } from './rows.ts'
import { numbering, type Draft, type PlacesInHand } from './places.ts'
import { claimsOf, type View } from './view.ts'

import type { Change, Guard, Outcome, Write } from '../store.ts'
import { columnOf, type Table } from '../table.ts'

/** Rows that a group relies on and does not write, by table; and places of rows that it takes away. */
export type Touched = { rows: Map<string, Set<string>>; places: Set<Place> }

export type Decided = { outcomes: Outcome[]; touched: Touched }

/**
 * Decides a group as if its changes ran one after another. `how` says whether what is inserted is believed to be new, for
 * the insert itself to prove, or is asked for. Throws what a change throws, and `MustAsk` where belief is not enough.
 */
export async function decide(
  changes: readonly Change[],
  drafts: readonly (Draft | undefined)[],
  { view, places, now }: { view: View; places: PlacesInHand; now: number },
  how: 'known' | 'asked',
): Promise<Decided> {
  const touched: Touched = { rows: new Map(), places: new Set() }
  const outcomes: Outcome[] = []
  for (const [nth, change] of changes.entries()) outcomes.push(await decideOne(change, drafts[nth]))
  return { outcomes, touched }

  async function decideOne(change: Change, draft: Draft | undefined): Promise<Outcome> {
    const relied: [table: string, id: string][] = []
    const removed: Place[] = []
    const rely = (table: Table, doc: Doc) => void relied.push([table.name, doc._id])

    for (const guard of change.given) {
      const { doc, isFit } = await lookAt(guard)
      if (isFit !== guard.must) return { kind: 'unmet', guard }
      if (doc && !isCovered(guard.table, doc, change.places)) rely(guard.table, doc)
    }
    const { made, undo } = numbering(places, change, now, draft)
    const mark = view.mark()
    try {
      for (const write of made.writes) await apply(write)
      for (const event of made.events) await insert(eventTable, toDoc(eventTable, event))
    } catch (error) {
      if (!(error instanceof Refused || error instanceof Conflict)) throw error
      view.undo(mark)
      undo()
      return error instanceof Refused ? { kind: 'refused', code: error.code } : { kind: 'conflict' }
    }
    places.told(change, made.events)
    for (const [table, id] of relied) touch(table, id)
    for (const place of removed) touched.places.add(place)
    return { kind: 'done', made }

    async function apply(write: Write): Promise<void> {
      const { table } = write
      if (write.do === 'insert') return insert(table, toDoc(table, write.row))
      if (write.do === 'remove') {
        for (const doc of await rowsOf(table, write.key)) await remove(table, doc)
        return
      }
      const patch = readPatch(table, write)
      const there = await rowsOf(table, write.key)
      const [doc, ...more] = there.filter(fitter(table, write.only ?? {}))
      if (doc && more.length === 0) return replace(table, doc, patch(doc))
      throw there.length > 0 && write.only && write.else ? new Refused(write.else) : new Conflict()
    }

    async function insert(table: Table, doc: Doc): Promise<void> {
      const isPlace = table.name === placeTable.name
      if (how === 'asked' || isPlace || view.isKnown(table, doc._id)) {
        const there = await view.row(table, doc._id)
        // A place with the number 0 is only there to be locked.
        if (there && !(isPlace && there['seq'] === 0)) throw new Conflict()
      }
      if (await view.holderOf(table, doc, how)) throw new Conflict()
      await requireParents(table, doc)
      view.put(table, doc._id, doc)
    }

    async function replace(table: Table, before: Doc, doc: Doc): Promise<void> {
      const isMoved = doc._id !== before._id
      if (isMoved && (await view.row(table, doc._id))) throw new Conflict()
      if (isMoved) await requireChildless(table, before)
      const claims = claimsOf(keptTable(table), before)
      if (claimsOf(keptTable(table), doc).some((claim) => !claims.includes(claim)))
        if (await view.holderOf(table, doc, 'asked')) throw new Conflict()
      await requireParents(table, doc, before)
      if (isMoved) view.put(table, before._id, null)
      view.put(table, doc._id, doc)
      // Setting what is there already writes nothing, and what it was conditioned on would not be held.
      rely(table, doc)
    }

    async function remove(table: Table, doc: Doc): Promise<void> {
      await requireChildless(table, doc)
      removed.push(...placeOfRow(table.name, doc._id))
      view.put(table, doc._id, null)
    }

    async function requireParents(table: Table, doc: Doc, before?: Doc): Promise<void> {
      for (const [column, parentName] of Object.entries(keptTable(table).refs)) {
        const id = doc[column]
        if (typeof id !== 'string' || before?.[column] === id) continue
        const parent = tableNamed(parentName)
        const found = await view.row(parent, id)
        if (!found) throw new Conflict()
        if (!placeOfRow(parentName, id).some((place) => change.places.includes(place))) rely(parent, found)
      }
    }
  }

  function touch(table: string, id: string): void {
    const ids = touched.rows.get(table)
    if (ids) ids.add(id)
    else touched.rows.set(table, new Set([id]))
  }

  /** A row that a guard names, and whether it fits: one that does not, and must not, is relied on as well. */
  async function lookAt({ table, key, where = {} }: Guard): Promise<{ doc: Doc | undefined; isFit: boolean }> {
    const id = wantedId(table, key)
    const doc = id === undefined ? (await view.matching(table, [key, where], 1))[0] : await view.row(table, id)
    return doc ? { doc, isFit: fitter(table, key, where)(doc) } : { doc: undefined, isFit: false }
  }

  async function rowsOf(table: Table, key: object): Promise<Doc[]> {
    const id = wantedId(table, key)
    if (id === undefined) return view.matching(table, [key], 0)
    const doc = await view.row(table, id)
    return doc && fitter(table, key)(doc) ? [doc] : []
  }

  /** MongoDB knows no references: whether a row is still named is asked, by the index of each column that may name it. */
  async function requireChildless(table: Table, doc: Doc): Promise<void> {
    for (const child of allTables())
      for (const [column, parent] of Object.entries(child.refs))
        if (parent === table.name && (await view.matching(child, [{ [column]: doc._id }], 1)).length > 0)
          throw new Conflict()
  }
}

/** Reads the rows that a group will need, as far as its drafts say, with one query a table, before it is decided. */
export async function foresee(
  changes: readonly Change[],
  drafts: readonly (Draft | undefined)[],
  view: View,
  how: 'known' | 'asked',
): Promise<void> {
  const wanted = new Map<Table, Set<string>>()
  const inserted = new Map<Table, Doc[]>()
  const matching = new Map<Table, (readonly object[])[]>()
  const want = (table: Table, id: string | undefined) => {
    if (id !== undefined) group(wanted, keptTable(table), () => new Set<string>()).add(id)
  }
  const wantInserted = (table: Table, row: object) => {
    for (const [column, parent] of Object.entries(keptTable(table).refs)) {
      const id = (row as Record<string, unknown>)[column]
      if (typeof id === 'string') want(tableNamed(parent), id)
    }
    if (how === 'known') return
    const doc = toDoc(table, row)
    want(table, doc._id)
    group(inserted, keptTable(table), () => [] as Doc[]).push(doc)
  }
  for (const [nth, { given }] of changes.entries()) {
    for (const { table, key, where = {} } of given) {
      const id = wantedId(table, key)
      if (id !== undefined) want(table, id)
      else group(matching, keptTable(table), () => [] as (readonly object[])[]).push([key, where])
    }
    for (const write of drafts[nth]?.made.writes ?? []) {
      if (write.do === 'insert') quietly(() => wantInserted(write.table, write.row))
      else want(write.table, wantedId(write.table, write.key))
    }
    for (const event of drafts[nth]?.made.events ?? []) quietly(() => wantInserted(eventTable, event))
  }
  for (const [table, ids] of wanted) await view.load(table, ids)
  for (const [table, conditions] of matching) await view.loadMatching(table, conditions)
  for (const [table, docs] of inserted) await view.loadHolders(table, docs)
}

/** A row that cannot be kept is a fault only if its change comes so far; that is seen when it is decided. */
function quietly(look: () => void): void {
  try {
    look()
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
  }
}

function group<Key, List>(map: Map<Key, List>, key: Key, fresh: () => List): List {
  const known = map.get(key)
  if (known) return known
  const list = fresh()
  map.set(key, list)
  return list
}

/** Reads a patch, and throws for what cannot be kept, whether or not its row is there; gives what it makes of a row. */
function readPatch(table: Table, write: Extract<Write, { do: 'patch' }>): (doc: Doc) => Doc {
  const kept = keptTable(table)
  const { set = {}, add = {}, only = {} } = write
  filterOf(table, only)
  const sets = Object.entries(set).map(([name, value]) => [name, encode(columnOf(kept, name), value)] as const)
  const adds = Object.entries(add).map(([name, value]) => [columnOf(kept, name), value as unknown] as const)
  for (const [column, by] of adds)
    if (column.type !== 'int' || !Number.isSafeInteger(by)) throw new TypeError(`column ${column.name} cannot add this`)
  return (doc) => {
    const next: Record<string, Value> = { ...doc, ...Object.fromEntries(sets) }
    for (const [column, by] of adds) {
      const was = doc[column.name] as number | null
      // As in SQL: null and anything is null.
      next[column.name] = was === null ? null : encode(column, was + (by as number))
    }
    return { ...next, _id: idOf(kept, next) }
  }
}

class Conflict extends Error {}
class Refused extends Error {
  code: RefusalCode
  constructor(code: RefusalCode) {
    super(code)
    this.code = code
  }
}
