import type { Authentication } from './authentication.ts'
import { Collection } from './collection.ts'
import type { Cursors } from './cursors.ts'
import { Blocked, type Data } from './data.ts'
import { Failure, notModelled, TRANSIENT } from './failure.ts'
import type { Session, Sessions } from './sessions.ts'
import type { Transaction } from './transaction.ts'
import { isDoc, type Doc } from './values.ts'

/** What a server is, for those who ask. */
export type Identity = {
  /** `127.0.0.1:port` */
  address: string
  /** What it calls itself as a member of its set; its address unless a test says otherwise. */
  announced: string
  /** A `ghost` has not been made a replica set yet, and a `router` belongs to a sharded cluster. */
  kind: 'replicaSet' | 'standalone' | 'secondary' | 'ghost' | 'router'
  version: string
  wireVersion: number
}

/** One command on its way: who asks, what for, and in which transaction. */
export type Call = {
  name: string
  body: Doc
  database: string
  identity: Identity
  data: Data
  sessions: Sessions
  cursors: Cursors
  authentication: Authentication
  session: Session | null
  transaction: Transaction | null
  /** Statements that are sent again are answered as the first time. */
  isRetryable: boolean
  /** How long a transaction may be open, in ms. */
  lifetimeMs: number
  /** When `maxTimeMS` is over, on the clock of `performance.now()`. */
  deadline: number
}

export type Handler = (call: Call) => Doc | Promise<Doc>

/** Does it as soon as no transaction is in the way. */
export async function patiently<Result>(call: Call, act: () => Result): Promise<Result> {
  for (;;) {
    try {
      return act()
    } catch (error) {
      if (!(error instanceof Blocked)) throw error
      await untilEnded(call, error.by)
    }
  }
}

async function untilEnded(call: Call, transaction: Transaction): Promise<void> {
  const left = call.deadline - performance.now()
  if (left === Infinity) return transaction.ended
  let timer: NodeJS.Timeout | undefined
  const tooLong = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(timeLimitExceeded()), Math.max(left, 0))
  })
  return Promise.race([transaction.ended, tooLong]).finally(() => clearTimeout(timer))
}

export const timeLimitExceeded = (): Failure => new Failure('MaxTimeMSExpired', 'operation exceeded time limit')

/** The collection that a command names in its first field. */
export function nameOf(call: Call): string {
  const name = call.body[call.name]
  if (typeof name !== 'string' || name === '' || name.includes('$') || name.includes('\0'))
    throw new Failure('InvalidNamespace', `Invalid namespace specified '${call.database}.${String(name)}'`)
  return name
}

/** A collection that is there, seen from the transaction if there is one; undefined for one that is not. */
export function collectionOf(call: Call, name = nameOf(call)): Collection | undefined {
  const collection = call.data.databases.get(call.database)?.get(name)
  const { transaction } = call
  if (!collection || !transaction) return collection
  if (collection.changedAt > transaction.at) {
    const message =
      'Unable to read from a snapshot due to pending collection catalog changes; please retry the operation.'
    throw new Failure('SnapshotUnavailable', message, [TRANSIENT])
  }
  transaction.touched.add(collection)
  return collection
}

/** A collection to write to, made where it is missing. */
export function writableCollection(call: Call): Collection {
  const found = collectionOf(call)
  if (found) return found
  if (call.transaction) {
    const message = `${call.database}.${nameOf(call)} is not there, and the stand-in makes no collection in a transaction`
    throw new Failure('OperationNotSupportedInTransaction', message)
  }
  return makeCollection(call, nameOf(call))
}

export function makeCollection(call: Call, name: string): Collection {
  const { databases } = call.data
  const collection = new Collection(`${call.database}.${name}`, ++call.data.clock)
  const database = databases.get(call.database) ?? new Map<string, Collection>()
  databases.set(call.database, database.set(name, collection))
  return collection
}

/** A document in a field of a command; empty where it may be missing. */
export function docIn(body: Doc, name: string): Doc {
  const value = body[name] ?? {}
  if (!isDoc(value)) throw new Failure('TypeMismatch', `${name} must be an object`)
  return value
}

export function docsIn(body: Doc, name: string): Doc[] {
  const value = body[name]
  if (!Array.isArray(value) || !value.every(isDoc))
    throw new Failure('TypeMismatch', `${name} must be a list of objects`)
  return value
}

/** Throws for what a command or one of its parts may hold and the stand-in does not know, or nobody knows. */
export function refuseOthers(
  what: string,
  doc: Doc,
  known: readonly string[],
  unmodelled: readonly string[] = [],
): void {
  for (const name of Object.keys(doc)) {
    if (known.includes(name)) continue
    if (unmodelled.includes(name)) throw notModelled(`${what}.${name}`)
    throw new Failure('UnknownField', `BSON field '${what}.${name}' is an unknown field.`)
  }
}

/** Only the plain order of values is there. */
export function refuseCollation(doc: Doc): void {
  if (isDoc(doc.collation) && doc.collation.locale !== 'simple') throw notModelled('a collation')
}
