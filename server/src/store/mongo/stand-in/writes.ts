import { BSON } from 'mongodb'
import {
  collectionOf,
  docIn,
  docsIn,
  patiently,
  refuseCollation,
  refuseOthers,
  writableCollection,
  type Call,
} from './call.ts'
import type { Collection, Entry } from './collection.ts'
import { Failure, TRANSIENT } from './failure.ts'
import { demandedBy } from './filter.ts'
import { compileProjection, sortDocs } from './project.ts'
import { matching, type Found } from './reads.ts'
import { compileUpdate, type Update } from './update.ts'
import { hashOf, kindOf, type Doc } from './values.ts'
import { bytesOf, numberOf } from './wire.ts'

/** A stored document may be this long. */
export const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024

export async function insert(call: Call): Promise<Doc> {
  const collection = writableCollection(call)
  const { done, errors } = await runStatements(call, docsIn(call.body, 'documents'), (given) => {
    const doc = Object.hasOwn(given, '_id') ? given : { _id: new BSON.ObjectId(), ...given }
    return () => (insertOne(call, collection, doc), 1)
  })
  return { n: done.length, ...errors }
}

function insertOne(call: Call, collection: Collection, doc: Doc): void {
  requireStorable(call, collection, doc, null)
  const entry = collection.entryOf(hashOf(doc._id))
  call.data.requireNew(collection, entry, doc, call.transaction)
  call.data.write(collection, entry, doc, call.transaction)
}

function requireStorable(call: Call, collection: Collection, doc: Doc, before: Doc | null): void {
  const kind = kindOf(doc._id)
  if (kind === 'array' || kind === 'regex')
    throw new Failure('InvalidIdField', `The '_id' value cannot be of type ${kind}`)
  const bytes = bytesOf(doc)
  if (bytes > MAX_DOCUMENT_BYTES) {
    const message = `object to insert too large. size in bytes: ${bytes}, max size: ${MAX_DOCUMENT_BYTES}`
    throw new Failure('BSONObjectTooLarge', message)
  }
  if (call.body.bypassDocumentValidation === true || collection.admits(doc, before)) return
  const errInfo = { failingDocumentId: doc._id, details: { operatorName: '$jsonSchema' } }
  throw new Failure('DocumentValidationFailure', 'Document failed validation', [], { errInfo })
}

export async function update(call: Call): Promise<Doc> {
  let [n, nModified] = [0, 0]
  const upserted: Doc[] = []
  const { done, errors } = await runStatements(call, docsIn(call.body, 'updates'), (statement) => {
    refuseOthers('update.updates', statement, UPDATE_FIELDS, ['arrayFilters', 'c', 'sort'])
    refuseCollation(statement)
    const multi = statement.multi === true
    refuseRepeatable(call, multi)
    const [filter, change] = [docIn(statement, 'q'), compileUpdate(statement.u, multi)]
    const changed = new Map<Entry, boolean>()
    return () => updateMatching(call, filter, change, { multi, upsert: statement.upsert === true }, changed)
  })
  for (const { index, result } of done) {
    n += result.n
    nModified += result.nModified
    if ('upserted' in result) upserted.push({ index, _id: result.upserted })
  }
  return { n, nModified, ...(upserted.length > 0 && { upserted }), ...errors }
}

const UPDATE_FIELDS = ['q', 'u', 'multi', 'upsert', 'collation', 'hint']

function refuseRepeatable(call: Call, multi: boolean): void {
  if (multi && call.isRetryable)
    throw new Failure('InvalidOptions', 'Cannot use retryable writes with multi=true or limit=0')
}

type Updated = { n: number; nModified: number; upserted?: unknown }

/** Changes what fits. `changed` keeps what is done already, for the case that the rest has to wait for a transaction. */
function updateMatching(
  call: Call,
  filter: Doc,
  change: Update,
  { multi, upsert }: { multi: boolean; upsert: boolean },
  changed: Map<Entry, boolean>,
): Updated {
  const collection = upsert ? writableCollection(call) : collectionOf(call)
  for (const found of firstOrAll(matching(call, collection, filter), multi)) {
    if (collection && !changed.has(found.entry)) {
      changed.set(found.entry, changeOne(call, collection, found, change) !== found.doc)
    }
  }
  if (changed.size === 0 && upsert && collection) {
    const doc = upsertedDoc(filter, change)
    insertOne(call, collection, doc)
    return { n: 1, nModified: 0, upserted: doc._id }
  }
  return { n: changed.size, nModified: [...changed.values()].filter(Boolean).length }
}

/** All at once, since what is found moves when it is written. */
function firstOrAll(found: Iterable<Found>, multi: boolean): Found[] {
  if (multi) return [...found]
  for (const each of found) return [each]
  return []
}

/** A change that changes nothing writes nothing, so it is in nobody's way. */
function changeOne(call: Call, collection: Collection, { entry, doc }: Found, change: Update): Doc {
  const next = change(doc, 'there')
  if (next === doc) return doc
  requireStorable(call, collection, next, doc)
  call.data.write(collection, entry, next, call.transaction)
  return next
}

function upsertedDoc(filter: Doc, change: Update): Doc {
  const demanded = compileUpdate({ $set: Object.fromEntries(demandedBy(filter)) }, false)({}, 'inserting')
  const doc = change(demanded, 'inserting')
  return Object.hasOwn(doc, '_id') ? { _id: doc._id, ...doc } : { _id: new BSON.ObjectId(), ...doc }
}

export async function remove(call: Call): Promise<Doc> {
  const { done, errors } = await runStatements(call, docsIn(call.body, 'deletes'), (statement) => {
    refuseOthers('delete.deletes', statement, ['q', 'limit', 'collation', 'hint'])
    refuseCollation(statement)
    const filter = docIn(statement, 'q')
    const multi = numberOf(statement, 'limit') === 0
    refuseRepeatable(call, multi)
    let removed = 0
    return () => {
      const collection = collectionOf(call)
      if (!multi && removed > 0) return removed
      for (const { entry } of firstOrAll(matching(call, collection, filter), multi)) {
        if (collection) call.data.write(collection, entry, null, call.transaction)
        removed += 1
      }
      return removed
    }
  })
  return { n: done.reduce((sum, { result }) => sum + result, 0), ...errors }
}

export async function findAndModify(call: Call): Promise<Doc> {
  const { body } = call
  refuseCollation(body)
  if (body.arrayFilters !== undefined) throw new Failure('FailedToParse', 'arrayFilters are not modelled')
  const [filter, sort] = [docIn(body, 'query'), docIn(body, 'sort')]
  const change = body.remove === true ? undefined : compileUpdate(body.update, false)
  const shape = compileProjection(docIn(body, 'fields'))
  const { done } = await runStatements(call, [body], () => () => {
    const collection = body.upsert === true ? writableCollection(call) : collectionOf(call)
    const found = [...matching(call, collection, filter)]
    const first = Object.keys(sort).length === 0 ? found[0] : firstOf(found, sort)
    if (!collection || !first) return change && body.upsert === true ? upsertOne(call, filter, change) : nothing(change)
    if (!change) {
      call.data.write(collection, first.entry, null, call.transaction)
      return { lastErrorObject: { n: 1 }, value: shape(first.doc) }
    }
    const next = changeOne(call, collection, first, change)
    return { lastErrorObject: { n: 1, updatedExisting: true }, value: shape(body.new === true ? next : first.doc) }
  })
  return done[0]?.result ?? {}

  function upsertOne(upserting: Call, wanted: Doc, how: Update): Doc {
    const doc = upsertedDoc(wanted, how)
    insertOne(upserting, writableCollection(upserting), doc)
    const told = { n: 1, updatedExisting: false, upserted: doc._id }
    return { lastErrorObject: told, value: body.new === true ? shape(doc) : null }
  }
}

function firstOf(found: readonly Found[], sort: Doc): Found | undefined {
  const [first] = sortDocs(
    found.map(({ doc }) => doc),
    sort,
  )
  return found.find(({ doc }) => doc === first)
}

const nothing = (change: Update | undefined): Doc => ({
  lastErrorObject: change ? { n: 0, updatedExisting: false } : { n: 0 },
  value: null,
})

type Done<Result> = { index: number; result: Result }

/**
 * Runs each statement once, waiting where it must. An error of one stops those after it if they are in order, and in a
 * transaction always; an error that ends the whole transaction, or all of a `findAndModify`, is the answer.
 */
async function runStatements<Result>(
  call: Call,
  statements: readonly Doc[],
  prepare: (statement: Doc) => () => Result,
): Promise<{ done: Done<Result>[]; errors: Doc }> {
  const done: Done<Result>[] = []
  const writeErrors: Doc[] = []
  const numbers = Array.isArray(call.body.stmtIds) ? call.body.stmtIds.map(Number) : []
  const kept = call.isRetryable ? call.session?.answered : undefined
  for (const [index, statement] of statements.entries()) {
    const number = numbers[index] ?? (numberOf(call.body, 'stmtId') ?? 0) + index
    if (kept?.has(number)) {
      done.push({ index, result: kept.get(number) as Result })
      continue
    }
    try {
      const result = await patiently(call, prepare(statement))
      kept?.set(number, result)
      done.push({ index, result })
    } catch (error) {
      if (!isOfStatement(call, error)) throw error
      writeErrors.push({ index, code: error.code, errmsg: error.message, ...error.details })
      if (call.transaction) call.data.abort(call.transaction)
      if (call.transaction || call.body.ordered !== false) break
    }
  }
  return { done, errors: writeErrors.length > 0 ? { writeErrors } : {} }
}

const isOfStatement = (call: Call, error: unknown): error is Failure =>
  error instanceof Failure &&
  call.name !== 'findAndModify' &&
  error.codeName !== 'MaxTimeMSExpired' &&
  !error.labels.includes(TRANSIENT)
