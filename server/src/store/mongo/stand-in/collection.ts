import { randomUUID } from 'node:crypto'
import { BSON } from 'mongodb'
import { compileFilter } from './filter.ts'
import type { Transaction } from './transaction.ts'
import type { Test } from './types.ts'
import { field, hashOf, isDoc, type Doc } from './values.ts'

/** What a document was from the commit `at` on; null where it was removed. */
type Version = { at: number; doc: Doc | null }

/** One document through time. `holder` is the open transaction that has written it. */
export type Entry = { id: string; versions: Version[]; holder: Transaction | null }

export type Index = {
  name: string
  key: Doc
  unique: boolean
  partial: Doc | null
  /** Whether a document is in the index at all. */
  covers: Test
  lookup: Lookup
  /** As it was asked for, without the name. */
  spec: Doc
}

/** Finds the entries that have, or once had, certain values in certain fields. Whoever uses it looks at the document again. */
export type Lookup = { paths: readonly string[]; buckets: Map<string, Set<Entry>> }

/** What is demanded to be equal, by path: each a list of values of which one must fit. */
export type Demand = ReadonlyMap<string, readonly unknown[]>

export type CollectionOptions = { validator?: Doc; validationLevel?: string; validationAction?: string }

/** The documents of one collection, with every version that an open snapshot may still want. */
export class Collection {
  readonly name: string
  readonly uuid = new BSON.UUID(randomUUID())
  /** When its indexes or options were last changed: a snapshot from before cannot be used on it. */
  changedAt: number
  readonly entries = new Map<string, Entry>()
  readonly indexes = new Map<string, Index>()
  options: CollectionOptions = {}
  #validator: Test = () => true
  readonly #lookups = new Map<string, Lookup>()

  constructor(name: string, at: number) {
    this.name = name
    this.changedAt = at
  }

  setOptions(options: CollectionOptions): void {
    this.#validator = compileFilter(options.validator ?? {})
    this.options = options
  }

  /** Whether the validator lets a document be written in place of another. */
  admits(doc: Doc, before: Doc | null): boolean {
    const { validationLevel = 'strict', validationAction = 'error' } = this.options
    if (validationLevel === 'off' || validationAction === 'warn') return true
    if (validationLevel === 'moderate' && before && !this.#validator(before)) return true
    return this.#validator(doc)
  }

  /** Every list of leading fields of an index finds by equality. */
  lookupsFor(paths: readonly string[]): Lookup {
    for (let length = 1; length < paths.length; length++) this.#lookup(paths.slice(0, length))
    return this.#lookup(paths)
  }

  #lookup(paths: readonly string[]): Lookup {
    const name = paths.join()
    const known = this.#lookups.get(name)
    if (known) return known
    const lookup: Lookup = { paths, buckets: new Map() }
    this.#lookups.set(name, lookup)
    for (const entry of this.entries.values()) for (const doc of docsOf(entry)) addTo(lookup, entry, doc)
    return lookup
  }

  /** The entry of an id; a new one where there is none, which is not there before it is written. */
  entryOf(id: string): Entry {
    return this.entries.get(id) ?? { id, versions: [], holder: null }
  }

  /** Makes an entry findable by this document. */
  file(entry: Entry, doc: Doc | null): void {
    this.entries.set(entry.id, entry)
    if (doc) for (const lookup of this.#lookups.values()) addTo(lookup, entry, doc)
  }

  /** Forgets versions older than what the oldest snapshot sees, and `dropped`, a write that came to nothing. */
  prune(entry: Entry, oldest: number, dropped: Doc | null = null): void {
    const gone = dropped ? [dropped] : []
    const kept = entry.versions.findLastIndex((version) => version.at <= oldest)
    for (const { doc } of entry.versions.splice(0, Math.max(kept, 0))) if (doc) gone.push(doc)
    const remaining = docsOf(entry)
    for (const lookup of gone.length > 0 ? this.#lookups.values() : []) unfile(lookup, entry, gone, remaining)
    if (remaining.length === 0 && !entry.holder && entry.versions.length <= 1) this.entries.delete(entry.id)
  }

  /** Entries that may fit one of these demands: found by id or lookup where each has one, else all there are. */
  candidates(demands: readonly Demand[]): Iterable<Entry> {
    const found = demands.map((demand) => this.#findable(demand))
    const sets = found.filter((set) => set !== undefined)
    if (sets.length < found.length) return this.entries.values()
    return sets.length === 1 && sets[0] ? sets[0] : new Set(sets.flatMap((set) => [...set]))
  }

  /** By the id, else by the lookup that gives the fewest; undefined where there is none. */
  #findable(demand: Demand): Iterable<Entry> | undefined {
    const ids = demand.get('_id')
    if (ids) return [...new Set(ids.map(hashOf))].flatMap((id) => this.entries.get(id) ?? [])
    let best: Set<Entry>[] | undefined
    let fewest = Infinity
    for (const lookup of this.#lookups.values()) {
      const buckets = bucketsOf(lookup, demand)
      const size = buckets?.reduce((sum, bucket) => sum + bucket.size, 0) ?? Infinity
      if (size < fewest) [best, fewest] = [buckets, size]
    }
    if (best?.length === 1) return best[0]
    return best && new Set(best.flatMap((bucket) => [...bucket]))
  }
}

/** More values than this are not multiplied out. */
const MANY = 1000

function bucketsOf(lookup: Lookup, demand: Demand): Set<Entry>[] | undefined {
  let keys = ['']
  for (const path of lookup.paths) {
    const values = demand.get(path)
    if (!values || values.length * keys.length > MANY) return undefined
    const hashes = [...new Set(values.map(hashOf))]
    keys = keys.flatMap((key) => hashes.map((hash) => `${key}${hash}|`))
  }
  return keys.flatMap((key) => lookup.buckets.get(key) ?? [])
}

function docsOf(entry: Entry): Doc[] {
  const docs = entry.versions.flatMap(({ doc }) => (doc ? [doc] : []))
  const pending = entry.holder?.writes.get(entry)?.doc
  return pending ? [...docs, pending] : docs
}

function addTo(lookup: Lookup, entry: Entry, doc: Doc): void {
  for (const key of keysOf(lookup.paths, doc)) {
    const bucket = lookup.buckets.get(key)
    if (bucket) bucket.add(entry)
    else lookup.buckets.set(key, new Set([entry]))
  }
}

function unfile(lookup: Lookup, entry: Entry, gone: readonly Doc[], remaining: readonly Doc[]): void {
  const stale = new Set(gone.flatMap((doc) => keysOf(lookup.paths, doc)))
  for (const key of remaining.flatMap((doc) => keysOf(lookup.paths, doc))) stale.delete(key)
  for (const key of stale) {
    const bucket = lookup.buckets.get(key)
    bucket?.delete(entry)
    if (bucket?.size === 0) lookup.buckets.delete(key)
  }
}

/** A document's keys in an index of these paths: several where a field is a list. What is missing counts as null. */
export function keysOf(paths: readonly string[], doc: Doc): string[] {
  let keys = ['']
  for (const path of paths) {
    const hashes = new Set(reach(doc, path.split('.'), 0).map(hashOf))
    keys = keys.flatMap((key) => [...hashes].map((hash) => `${key}${hash}|`))
  }
  return keys
}

/** What an index sees at a path: a list counts as each of its elements and as itself. */
export function reach(value: unknown, names: readonly string[], depth: number): unknown[] {
  const name = names[depth]
  if (name === undefined) return Array.isArray(value) ? [...(value as unknown[]), value] : [value]
  if (Array.isArray(value)) return value.filter(isDoc).flatMap((each) => reach(field(each, name), names, depth + 1))
  return reach(isDoc(value) ? field(value, name) : undefined, names, depth + 1)
}
