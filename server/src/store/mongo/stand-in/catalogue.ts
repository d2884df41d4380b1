import { docIn, docsIn, makeCollection, nameOf, patiently, refuseCollation, refuseOthers, type Call } from './call.ts'
import { keysOf, type Collection, type CollectionOptions, type Entry, type Index } from './collection.ts'
import { Blocked, duplicate, latest } from './data.ts'
import { Failure, notModelled } from './failure.ts'
import { compileFilter } from './filter.ts'
import { compare, field, isDoc, type Doc } from './values.ts'

/* Collections and indexes. Whoever changes one waits until no open transaction uses it. */

const collectionsOf = (call: Call) => call.data.databases.get(call.database)

function existing(call: Call, name: string): Collection {
  const collection = collectionsOf(call)?.get(name)
  if (!collection) throw new Failure('NamespaceNotFound', `ns does not exist: ${call.database}.${name}`)
  return collection
}

async function alone(call: Call, collection: Collection): Promise<void> {
  await patiently(call, () => {
    for (const transaction of call.data.open) if (transaction.touched.has(collection)) throw new Blocked(transaction)
  })
}

export function create(call: Call): Doc {
  const name = nameOf(call)
  refuseCollation(call.body)
  if (collectionsOf(call)?.has(name))
    throw new Failure('NamespaceExists', `Collection ${call.database}.${name} already exists.`)
  const options = optionsOf(call.body)
  compileFilter(options.validator ?? {})
  makeCollection(call, name).setOptions(options)
  return {}
}

export async function collMod(call: Call): Promise<Doc> {
  const collection = existing(call, nameOf(call))
  await alone(call, collection)
  collection.setOptions({ ...collection.options, ...optionsOf(call.body) })
  collection.changedAt = ++call.data.clock
  return {}
}

function optionsOf(body: Doc): CollectionOptions {
  const { validationLevel: level, validationAction: action } = body
  if (level !== undefined && level !== 'off' && level !== 'strict' && level !== 'moderate')
    throw new Failure('BadValue', 'the value of validationLevel is not valid')
  if (action !== undefined && action !== 'error' && action !== 'warn')
    throw new Failure('BadValue', 'the value of validationAction is not valid')
  return {
    ...(body.validator !== undefined && { validator: docIn(body, 'validator') }),
    ...(level !== undefined && { validationLevel: level }),
    ...(action !== undefined && { validationAction: action }),
  }
}

export function listCollections(call: Call): Doc {
  const fits = compileFilter(docIn(call.body, 'filter'))
  const all = [...(collectionsOf(call) ?? [])].map(([name, { uuid, options }]) => ({
    name,
    type: 'collection',
    options,
    info: { readOnly: false, uuid },
    idIndex: ID_INDEX,
  }))
  const docs = all
    .filter(fits)
    .map((told) => (call.body.nameOnly === true ? { name: told.name, type: told.type } : told))
  const namespace = `${call.database}.$cmd.listCollections`
  return call.cursors.first({ docs, namespace, session: call.session, transaction: null }, Infinity, true)
}

const ID_INDEX = { v: 2, key: { _id: 1 }, name: '_id_' }

export function listIndexes(call: Call): Doc {
  const name = nameOf(call)
  const docs = [ID_INDEX, ...[...existing(call, name).indexes.values()].map(toldIndex)]
  const namespace = `${call.database}.${name}`
  return call.cursors.first({ docs, namespace, session: call.session, transaction: null }, Infinity, true)
}

const toldIndex = ({ name, key, spec }: Index): Doc => ({ v: 2, key, name, ...spec })

export async function createIndexes(call: Call): Promise<Doc> {
  const name = nameOf(call)
  const specs = docsIn(call.body, 'indexes')
  const isNew = !collectionsOf(call)?.has(name)
  const collection = collectionsOf(call)?.get(name) ?? makeCollection(call, name)
  await alone(call, collection)
  const before = collection.indexes.size + 1
  for (const spec of specs) addIndex(call, collection, spec)
  const after = collection.indexes.size + 1
  return {
    numIndexesBefore: before,
    numIndexesAfter: after,
    createdCollectionAutomatically: isNew,
    ...(before === after && { note: 'all indexes already exist' }),
  }
}

const INDEX_FIELDS = ['key', 'name', 'unique', 'partialFilterExpression', 'sparse', 'v', 'background']
const OTHER_INDEX_FIELDS = [
  'expireAfterSeconds',
  'collation',
  'hidden',
  'wildcardProjection',
  'weights',
  'storageEngine',
]

function addIndex(call: Call, collection: Collection, given: Doc): void {
  refuseOthers('createIndexes.indexes', given, INDEX_FIELDS, OTHER_INDEX_FIELDS)
  const key = docIn(given, 'key')
  const { name } = given
  if (typeof name !== 'string' || name === '') throw new Failure('FailedToParse', 'an index needs a name')
  for (const direction of Object.values(key))
    if (direction !== 1 && direction !== -1) throw notModelled(`an index of the kind ${JSON.stringify(direction)}`)
  if (compare(key, ID_INDEX.key) === 0) return
  const partial = given.partialFilterExpression === undefined ? null : docIn(given, 'partialFilterExpression')
  if (partial) requireIndexable(partial)
  const spec = {
    ...(given.unique === true && { unique: true }),
    ...(given.sparse === true && { sparse: true }),
    ...(partial && { partialFilterExpression: partial }),
  }
  if (isThere(collection, name, key, spec)) return

  const index: Index = {
    name,
    key,
    unique: given.unique === true,
    partial,
    covers: coverage(key, partial, given.sparse === true),
    lookup: collection.lookupsFor(Object.keys(key)),
    spec,
  }
  if (index.unique && !call.data.faults.noUnique) requireNoDuplicates(collection, index)
  collection.indexes.set(name, index)
  collection.changedAt = ++call.data.clock
}

function isThere(collection: Collection, name: string, key: Doc, spec: Doc): boolean {
  const isSame = (index: Index) => compare(index.key, key) === 0 && compare(index.spec, spec) === 0
  const named = collection.indexes.get(name)
  if (named && !isSame(named)) {
    const message = `An existing index has the same name as the requested index. Requested index: ${name}`
    throw new Failure('IndexKeySpecsConflict', message)
  }
  const other = [...collection.indexes.values()].find(isSame)
  if (other && !named)
    throw new Failure('IndexOptionsConflict', `Index already exists with a different name: ${other.name}`)
  return named !== undefined
}

function coverage(key: Doc, partial: Doc | null, sparse: boolean): Index['covers'] {
  if (partial) return compileFilter(partial)
  if (!sparse) return () => true
  return (doc) => Object.keys(key).some((path) => field(doc as Doc, path) !== undefined)
}

const INDEXABLE = ['$eq', '$gt', '$gte', '$lt', '$lte', '$type', '$in']

/** The server takes only some filters for a partial index. */
function requireIndexable(partial: Doc): void {
  for (const [name, condition] of Object.entries(partial)) {
    if (name === '$and' || name === '$or') docsIn(partial, name).forEach(requireIndexable)
    else if (name.startsWith('$')) throw notIndexable(name)
    else if (isDoc(condition)) {
      for (const [operator, argument] of Object.entries(condition)) {
        const isFine = INDEXABLE.includes(operator) || (operator === '$exists' && argument === true)
        if (operator.startsWith('$') && !isFine) throw notIndexable(operator)
      }
    }
  }
}

const notIndexable = (what: string) =>
  new Failure('CannotCreateIndex', `Expression not supported in partial index: ${what}`)

function requireNoDuplicates(collection: Collection, index: Index): void {
  const seen = new Map<string, Entry>()
  for (const entry of collection.entries.values()) {
    const doc = latest(entry)
    for (const key of doc && index.covers(doc) ? keysOf(index.lookup.paths, doc) : []) {
      if (seen.has(key) && doc) throw duplicate(collection, index, doc)
      seen.set(key, entry)
    }
  }
}

export async function dropIndexes(call: Call): Promise<Doc> {
  const collection = existing(call, nameOf(call))
  await alone(call, collection)
  const { index } = call.body
  const all = [...collection.indexes.keys()]
  const asked = index === '*' ? all : Array.isArray(index) ? index : [index]
  const before = all.length + 1
  for (const each of asked) {
    const found = [...collection.indexes.values()].find(({ name, key }) =>
      isDoc(each) ? compare(key, each) === 0 : name === each,
    )
    if (each === '_id_') throw new Failure('InvalidOptions', 'cannot drop _id index')
    if (!found) throw new Failure('IndexNotFound', `index not found with name [${String(each)}]`)
    collection.indexes.delete(found.name)
  }
  collection.changedAt = ++call.data.clock
  return { nIndexesWas: before }
}

export async function drop(call: Call): Promise<Doc> {
  const name = nameOf(call)
  const collection = collectionsOf(call)?.get(name)
  if (!collection) return {}
  await alone(call, collection)
  collectionsOf(call)?.delete(name)
  return { nIndexesWas: collection.indexes.size + 1, ns: `${call.database}.${name}` }
}

export async function dropDatabase(call: Call): Promise<Doc> {
  for (const collection of collectionsOf(call)?.values() ?? []) await alone(call, collection)
  call.data.databases.delete(call.database)
  return { dropped: call.database }
}

export function listDatabases(call: Call): Doc {
  const names = [...call.data.databases.keys()]
  return { databases: names.map((name) => ({ name, sizeOnDisk: 4096, empty: false })), totalSize: 4096 * names.length }
}
