import type { ClientSession, Db, Filter } from 'mongodb'
import { filterOf, fitter } from './filter.ts'
import { TIMEOUT } from './limits.ts'
import { keptTable, TOUCH, wholeDoc, type Doc } from './rows.ts'
import type { Table } from '../table.ts'

/*
 * What a group of changes sees inside its transaction: the rows of its snapshot, and over them what earlier changes of the
 * group have made of them. Nothing is written before the whole group is decided, so a refused change is undone in memory.
 */

/**
 * A row that the group has met. `base` is what the snapshot says of it. For one that is `assumed` nobody asked: it was
 * inserted in the belief that neither its key nor its unique sets are taken, which the insert itself will prove.
 */
export type Entry = { id: string; base: Doc | null; now: Doc | null; assumed: boolean }

type Sheet = {
  table: Table
  entries: Map<string, Entry>
  /** Which row holds which values of a unique set. */
  claims: Map<string, string>
  /** Values of unique sets, and conditions, of which the snapshot has no row but those that are known. */
  asked: Set<string>
}

/** Conditions that are asked for at once, and rows that may come of it: where there are more, each asks for itself. */
const MAX_CONDITIONS = 100
const MAX_ROWS = 500

/** A belief about a row that was not read no longer proves itself by an insert: the group is decided again, asking for all. */
export class MustAsk extends Error {}

export type View = ReturnType<typeof openView>

export function openView(db: Db, session: ClientSession) {
  const sheets = new Map<string, Sheet>()
  let journal: { sheet: Sheet; entry: Entry; before: Doc | null }[] = []

  function sheetOf(table: Table): Sheet {
    let sheet = sheets.get(table.name)
    if (!sheet) {
      sheet = { table: keptTable(table), entries: new Map(), claims: new Map(), asked: new Set() }
      sheets.set(table.name, sheet)
    }
    return sheet
  }

  const ask = async (sheet: Sheet, filter: Filter<Doc>, limit = 0): Promise<Entry[]> => {
    const found = await db
      .collection<Doc>(sheet.table.name)
      .find(filter, { session, limit, projection: { [TOUCH]: 0 }, maxTimeMS: TIMEOUT })
      .toArray()
    return found.map((doc) => met(sheet, doc._id, wholeDoc(sheet.table, doc as Doc)))
  }

  /** Notes what the snapshot says of a row; one that is known already stays as the group has made it. */
  function met(sheet: Sheet, id: string, base: Doc | null): Entry {
    const known = sheet.entries.get(id)
    if (known?.assumed) throw new MustAsk()
    if (known) return known
    const entry: Entry = { id, base, now: base, assumed: false }
    sheet.entries.set(id, entry)
    if (base) for (const claim of claimsOf(sheet.table, base)) sheet.claims.set(claim, id)
    return entry
  }

  function change(sheet: Sheet, entry: Entry, now: Doc | null): void {
    const { table, claims } = sheet
    if (entry.now)
      for (const claim of claimsOf(table, entry.now)) if (claims.get(claim) === entry.id) claims.delete(claim)
    if (now) for (const claim of claimsOf(table, now)) claims.set(claim, entry.id)
    entry.now = now
    // What was written last goes last.
    sheet.entries.delete(entry.id)
    sheet.entries.set(entry.id, entry)
  }

  /** Reads rows by key, those that are not known yet, in one go. */
  async function load(table: Table, ids: Iterable<string>): Promise<void> {
    const sheet = sheetOf(table)
    const unknown = [...new Set(ids)].filter((id) => !sheet.entries.has(id))
    if (unknown.length === 0) return
    await ask(sheet, { _id: unknown.length === 1 ? { $eq: unknown[0] as string } : { $in: unknown } })
    for (const id of unknown) if (!sheet.entries.has(id)) met(sheet, id, null)
  }

  /** Reads whatever holds one of these rows' unique sets, in one go, so that `holderOf` need not ask for each. */
  async function loadHolders(table: Table, docs: readonly Doc[]): Promise<void> {
    const sheet = sheetOf(table)
    const filters: Filter<Doc>[] = []
    for (const doc of docs) {
      for (const names of sheet.table.unique) {
        const claim = claimOf(names, doc)
        if (claim === undefined || sheet.asked.has(claim)) continue
        sheet.asked.add(claim)
        filters.push(holding(names, doc))
      }
    }
    if (filters.length > 0) await ask(sheet, filters.length === 1 ? (filters[0] as Filter<Doc>) : { $or: filters })
  }

  /** Reads the rows that fit one of these conditions each, in one go if they are not many. */
  async function loadMatching(table: Table, conditions: readonly (readonly object[])[]): Promise<void> {
    const sheet = sheetOf(table)
    const filters = new Map(conditions.map((wheres) => filterOf(table, ...wheres)).map((each) => [named(each), each]))
    const unasked = [...filters].filter(([name]) => !sheet.asked.has(name))
    for (let from = 0; from < unasked.length; from += MAX_CONDITIONS) {
      const some = unasked.slice(from, from + MAX_CONDITIONS)
      const found = await ask(sheet, { $or: some.map(([, filter]) => filter) }, MAX_ROWS)
      if (found.length < MAX_ROWS) for (const [name] of some) sheet.asked.add(name)
    }
  }

  return {
    sheets: (): Iterable<Sheet> => sheets.values(),
    sheet: (table: string): Sheet | undefined => sheets.get(table),

    load,
    loadHolders,
    loadMatching,
    isKnown: (table: Table, id: string): boolean => sheetOf(table).entries.has(id),

    /** A row as the group has it now. */
    async row(table: Table, id: string): Promise<Doc | null> {
      const sheet = sheetOf(table)
      if (!sheet.entries.has(id)) await load(table, [id])
      return sheet.entries.get(id)?.now ?? null
    },

    /** Rows that fit all conditions as the group has them now; with a limit, no more are read than are needed. */
    async matching(table: Table, wheres: readonly object[], limit: number): Promise<Doc[]> {
      const sheet = sheetOf(table)
      const isFit = fitter(sheet.table, ...wheres)
      const known = [...sheet.entries.values()]
      const inHand = known.flatMap(({ now }) => (now && isFit(now) ? [now] : []))
      const filter = filterOf(table, ...wheres)
      if (limit > 0 && inHand.length >= limit) return inHand.slice(0, limit)
      if (sheet.asked.has(named(filter))) return inHand
      const ids = known.map((entry) => entry.id)
      const others = ids.length > 0 ? { $and: [filter, { _id: { $nin: ids } }] } : filter
      const asked = await ask(sheet, others, limit > 0 ? limit - inHand.length : 0)
      return [...inHand, ...asked.flatMap((entry) => (entry.now ? [entry.now] : []))]
    },

    /** The other row that has the same values in one of its unique sets, as far as is known, or as far as there is one. */
    async holderOf(table: Table, doc: Doc, how: 'known' | 'asked'): Promise<string | undefined> {
      if (how === 'asked') await loadHolders(table, [doc])
      const { claims } = sheetOf(table)
      return claimsOf(keptTable(table), doc)
        .map((claim) => claims.get(claim))
        .find((id) => id !== undefined && id !== doc._id)
    },

    /** Puts a row in place of what is there, or takes it away. */
    put(table: Table, id: string, now: Doc | null): void {
      const sheet = sheetOf(table)
      const entry = sheet.entries.get(id) ?? { id, base: null, now: null, assumed: true }
      const kept = now && claimsOf(sheet.table, now).join()
      const was = entry.now && claimsOf(sheet.table, entry.now).join()
      if (entry.assumed && was !== null && kept !== was) throw new MustAsk()
      journal.push({ sheet, entry, before: entry.now })
      change(sheet, entry, now)
    },

    mark: (): number => journal.length,

    /** Undoes what was put since the mark. */
    undo(mark: number): void {
      while (journal.length > mark) {
        const { sheet, entry, before } = journal.pop() as (typeof journal)[number]
        if (entry.assumed && before === null) throw new MustAsk()
        change(sheet, entry, before)
      }
    },

    /** Forgets all that the group has made, and all that was only believed; what was read stays. */
    restart(): void {
      for (const sheet of sheets.values()) {
        sheet.claims.clear()
        for (const [id, entry] of sheet.entries) {
          if (entry.assumed) sheet.entries.delete(id)
          else {
            entry.now = entry.base
            if (entry.base) for (const claim of claimsOf(sheet.table, entry.base)) sheet.claims.set(claim, id)
          }
        }
      }
      journal = []
    },
  }
}

/** What a row's unique sets hold, a text each; a set with a null in it holds nothing. */
export const claimsOf = (table: Table, doc: Doc): string[] => table.unique.flatMap((names) => claimOf(names, doc) ?? [])

const named = (filter: Filter<Doc>): string => JSON.stringify(filter)

const claimOf = (names: readonly string[], doc: Doc): string | undefined =>
  names.some((name) => doc[name] === null) ? undefined : JSON.stringify([names, names.map((name) => doc[name])])

const holding = (names: readonly string[], doc: Doc): Filter<Doc> =>
  Object.fromEntries(names.map((name) => [name, { $eq: doc[name] }])) as Filter<Doc>
