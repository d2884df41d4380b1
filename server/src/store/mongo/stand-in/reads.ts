import { collectionOf, docIn, docsIn, nameOf, refuseCollation, type Call } from './call.ts'
import type { Collection, Entry } from './collection.ts'
import { Failure, notModelled } from './failure.ts'
import { compileFilter, demandsOf } from './filter.ts'
import { compileProjection, sortDocs } from './project.ts'
import { groupDocs } from './group.ts'
import { isDoc, type Doc } from './values.ts'
import { numberOf } from './wire.ts'

export type Found = { entry: Entry; doc: Doc }

/** Documents that fit, as the call's transaction sees them, in the order in which they were added. */
export function* matching(call: Call, collection: Collection | undefined, filter: Doc): Generator<Found> {
  const fits = compileFilter(filter)
  if (!collection) return
  for (const entry of collection.candidates(demandsOf(filter))) {
    const doc = call.data.see(entry, call.transaction)
    if (doc && fits(doc)) yield { entry, doc }
  }
}

function select(call: Call, filter: Doc, sort: Doc, skip: number, limit: number): Doc[] {
  const isSorted = Object.keys(sort).length > 0
  const docs: Doc[] = []
  for (const { doc } of matching(call, collectionOf(call), filter)) {
    docs.push(doc)
    if (!isSorted && docs.length === skip + limit) break
  }
  return (isSorted ? sortDocs(docs, sort) : docs).slice(skip, skip + limit)
}

export function find(call: Call): Doc {
  const { body } = call
  refuseCollation(body)
  const limit = numberOf(body, 'limit') ?? 0
  const skip = numberOf(body, 'skip') ?? 0
  if (limit < 0 || skip < 0) throw new Failure('BadValue', 'limit and skip must not be negative')
  const docs = select(call, docIn(body, 'filter'), docIn(body, 'sort'), skip, limit || Infinity)
  return opened(call, docs.map(compileProjection(docIn(body, 'projection'))), body)
}

function opened(call: Call, docs: Doc[], options: Doc): Doc {
  const { session, transaction, database } = call
  const isSingle = options.singleBatch === true
  const namespace = `${database}.${String(call.body[call.name])}`
  return call.cursors.first({ docs, namespace, session, transaction }, numberOf(options, 'batchSize'), isSingle)
}

export function getMore(call: Call): Doc {
  return call.cursors.next(String(call.body.getMore), call, numberOf(call.body, 'batchSize'))
}

export function killCursors(call: Call): Doc {
  const ids = Array.isArray(call.body.cursors) ? call.body.cursors : []
  const killed = ids.filter((id) => call.cursors.kill(String(id)))
  const missing = ids.filter((id) => !killed.includes(id))
  return { cursorsKilled: killed, cursorsNotFound: missing, cursorsAlive: [], cursorsUnknown: [] }
}

export function count(call: Call): Doc {
  const limit = Math.abs(numberOf(call.body, 'limit') ?? 0)
  const skip = numberOf(call.body, 'skip') ?? 0
  return { n: select(call, docIn(call.body, 'query'), {}, skip, limit || Infinity).length }
}

export function aggregate(call: Call): Doc {
  const { body } = call
  nameOf(call)
  refuseCollation(body)
  if (!isDoc(body.cursor)) throw new Failure('FailedToParse', `The 'cursor' option is required`)
  const [first, ...others] = docsIn(body, 'pipeline')
  const isMatch = first !== undefined && '$match' in first
  const all = select(call, isMatch ? docIn(first, '$match') : {}, {}, 0, Infinity)
  const stages = isMatch || !first ? others : [first, ...others]
  return opened(call, stages.reduce(runStage, all), body.cursor)
}

function runStage(docs: Doc[], stage: Doc): Doc[] {
  const [name] = Object.keys(stage)
  if (name === undefined || Object.keys(stage).length !== 1)
    throw new Failure('FailedToParse', 'A pipeline stage specification object must contain exactly one field.')
  switch (name) {
    case '$match':
      return docs.filter(compileFilter(docIn(stage, name)))
    case '$sort':
      return sortDocs(docs, docIn(stage, name))
    case '$limit':
      return docs.slice(0, numberOf(stage, name))
    case '$skip':
      return docs.slice(numberOf(stage, name))
    case '$project':
      return docs.map(compileProjection(docIn(stage, name)))
    case '$count':
      return docs.length > 0 ? [{ [String(stage[name])]: docs.length }] : []
    case '$group':
      return groupDocs(docs, docIn(stage, name))
    default:
      throw notModelled(`the stage ${name}`)
  }
}
