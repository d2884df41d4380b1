import { keysOf, type Collection, type Entry, type Index } from './collection.ts'
import { Failure, TRANSIENT } from './failure.ts'
import type { Faults } from './faults.ts'
import { Transaction } from './transaction.ts'
import { field, type Doc } from './values.ts'

/** Another transaction is in the way; whoever is in none waits until it has ended and tries again. */
export class Blocked extends Error {
  readonly by: Transaction
  constructor(by: Transaction) {
    super('blocked')
    this.by = by
  }
}

/** All databases, and the commits that made them: each has a number, and a snapshot is the number it was taken after. */
export class Data {
  readonly faults: Faults
  readonly databases = new Map<string, Map<string, Collection>>()
  readonly open = new Set<Transaction>()
  /** The number of the last commit. */
  clock = 0
  readonly #littered = new Map<Entry, Collection>()

  constructor(faults: Faults) {
    this.faults = faults
  }

  begin(): Transaction {
    const transaction = new Transaction(this.faults.noSnapshots ? Infinity : this.clock)
    this.open.add(transaction)
    return transaction
  }

  commit(transaction: Transaction): void {
    const at = transaction.writes.size > 0 ? ++this.clock : this.clock
    this.open.delete(transaction)
    for (const [entry, { collection, doc }] of transaction.writes) {
      if (entry.holder === transaction) entry.holder = null
      entry.versions.push({ at, doc })
      this.#tidy(collection, entry)
    }
    this.#finish(transaction, 'committed')
  }

  abort(transaction: Transaction): void {
    if (this.faults.noRollback) return this.commit(transaction)
    this.open.delete(transaction)
    for (const [entry, { collection, doc }] of transaction.writes) {
      if (entry.holder === transaction) entry.holder = null
      collection.prune(entry, this.#oldest(), doc)
    }
    return this.#finish(transaction, 'aborted')
  }

  #finish(transaction: Transaction, state: 'committed' | 'aborted'): void {
    transaction.end(state)
    for (const [entry, collection] of this.open.size === 0 ? this.#littered : []) {
      this.#littered.delete(entry)
      collection.prune(entry, this.clock)
    }
  }

  /** The document as a transaction, or whoever is in none, sees it. */
  see(entry: Entry, transaction: Transaction | null): Doc | null {
    const own = transaction?.writes.get(entry)
    if (own) return own.doc
    if (!transaction) return latest(entry)
    return entry.versions.findLast((version) => version.at <= transaction.at)?.doc ?? null
  }

  /**
   * Writes one document, or removes it.
   * @throws what the server answers for a conflict, a duplicate or an invalid document; `Blocked` outside a transaction
   */
  write(collection: Collection, entry: Entry, doc: Doc | null, transaction: Transaction | null): void {
    this.#requireFree(entry, transaction)
    if (doc) this.#requireUnique(collection, entry, doc, transaction)
    if (transaction) {
      const before = transaction.writes.get(entry)?.doc ?? null
      entry.holder = transaction
      transaction.writes.set(entry, { collection, doc })
      collection.file(entry, doc)
      if (before) collection.prune(entry, this.#oldest(), before)
    } else {
      entry.versions.push({ at: ++this.clock, doc })
      collection.file(entry, doc)
      this.#tidy(collection, entry)
    }
  }

  #tidy(collection: Collection, entry: Entry): void {
    collection.prune(entry, this.#oldest())
    if (entry.versions.length > 1) this.#littered.set(entry, collection)
  }

  #oldest(): number {
    let oldest = this.clock
    for (const { at } of this.open) oldest = Math.min(oldest, at)
    return oldest
  }

  /** Nobody else has written it, neither yet uncommitted nor since the snapshot. */
  #requireFree(entry: Entry, transaction: Transaction | null): void {
    if (this.faults.noWriteConflicts) return
    if (entry.holder && entry.holder !== transaction) throw inTheWay(entry.holder, transaction)
    if (transaction && writtenAfter(entry, transaction)) throw writeConflict()
  }

  /** A new document's id is its own: checked against everything that its transaction sees and does not see. */
  requireNew(collection: Collection, entry: Entry, doc: Doc, transaction: Transaction | null): void {
    this.#requireFree(entry, transaction)
    const there = transaction?.writes.has(entry) ? this.see(entry, transaction) : latest(entry)
    if (there && !this.faults.noUnique) throw duplicate(collection, { name: '_id_', key: { _id: 1 } }, doc)
  }

  #requireUnique(collection: Collection, entry: Entry, doc: Doc, transaction: Transaction | null): void {
    if (this.faults.noUnique) return
    for (const index of collection.indexes.values()) {
      if (!index.unique || !index.covers(doc)) continue
      for (const key of keysOf(index.lookup.paths, doc)) {
        for (const other of index.lookup.buckets.get(key) ?? []) {
          if (other !== entry) this.#requireOther(collection, index, key, other, doc, transaction)
        }
      }
    }
  }

  #requireOther(
    collection: Collection,
    index: Index,
    key: string,
    other: Entry,
    doc: Doc,
    transaction: Transaction | null,
  ): void {
    const has = (there: Doc | null | undefined) =>
      !!there && index.covers(there) && keysOf(index.lookup.paths, there).includes(key)
    const committed = latest(other)
    const { holder } = other
    if (holder && holder === transaction) {
      if (has(holder.writes.get(other)?.doc)) throw duplicate(collection, index, doc)
      return
    }
    const isStrict = !this.faults.noWriteConflicts
    const isPending = holder && (has(committed) || has(holder.writes.get(other)?.doc))
    if (isStrict && isPending) throw inTheWay(holder, transaction)
    const isUnseen = transaction && writtenAfter(other, transaction)
    if (isStrict && isUnseen && (has(committed) || has(this.see(other, transaction)))) throw writeConflict()
    if (has(committed)) throw duplicate(collection, index, doc)
  }
}

/** The last committed document. */
export const latest = (entry: Entry): Doc | null => entry.versions.at(-1)?.doc ?? null

const writtenAfter = (entry: Entry, { at }: Transaction) => (entry.versions.at(-1)?.at ?? 0) > at

const inTheWay = (holder: Transaction, transaction: Transaction | null) =>
  transaction ? writeConflict() : new Blocked(holder)

const writeConflict = () =>
  new Failure(
    'WriteConflict',
    'Caused by :: Write conflict during plan execution and yielding is disabled. :: Please retry your operation or multi-document transaction.',
    [TRANSIENT],
  )

export function duplicate(collection: { name: string }, index: { name: string; key: Doc }, doc: Doc): Failure {
  const values = Object.keys(index.key).map(
    (path) => [path, path.split('.').reduce<unknown>(into, doc) ?? null] as const,
  )
  const told = values.map(([path, value]) => `${path}: ${JSON.stringify(value)}`).join(', ')
  const message = `E11000 duplicate key error collection: ${collection.name} index: ${index.name} dup key: { ${told} }`
  return new Failure('DuplicateKey', message, [], { keyPattern: index.key, keyValue: Object.fromEntries(values) })
}

const into = (value: unknown, name: string) =>
  typeof value === 'object' && value !== null ? field(value as Doc, name) : undefined
