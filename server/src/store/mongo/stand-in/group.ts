import { notModelled } from './failure.ts'
import { compare, field, hashOf, isDoc, numeric, type Doc } from './values.ts'

/** Puts documents together by one expression: a constant or a field. */
export function groupDocs(docs: readonly Doc[], spec: Doc): Doc[] {
  const { _id: by, ...sums } = spec
  const key = compileExpression(by)
  const folds = Object.entries(sums).map(([name, accumulator]) => [name, compileFold(accumulator)] as const)
  const groups = new Map<string, { id: unknown; docs: Doc[] }>()
  for (const doc of docs) {
    const id = key(doc) ?? null
    const group = groups.get(hashOf(id))
    if (group) group.docs.push(doc)
    else groups.set(hashOf(id), { id, docs: [doc] })
  }
  return [...groups.values()].map(({ id, docs: inside }) => ({
    _id: id,
    ...Object.fromEntries(folds.map(([name, fold]) => [name, fold(inside)])),
  }))
}

function compileExpression(expression: unknown): (doc: Doc) => unknown {
  if (typeof expression === 'string' && expression.startsWith('$')) {
    const path = expression.slice(1)
    if (path.includes('.') || path.startsWith('$')) throw notModelled(`the expression ${expression}`)
    return (doc) => field(doc, path)
  }
  if (isDoc(expression)) throw notModelled('an expression in $group')
  return () => expression
}

function compileFold(accumulator: unknown): (docs: readonly Doc[]) => unknown {
  const [operator = '', argument] = isDoc(accumulator) ? (Object.entries(accumulator)[0] ?? []) : []
  const value = compileExpression(argument)
  const there = (docs: readonly Doc[]) => docs.map(value).filter((each) => each !== undefined && each !== null)
  switch (operator) {
    case '$sum':
      return (docs) => there(docs).reduce<number>((sum, each) => sum + Number(numeric(each)), 0)
    case '$max':
      return (docs) => there(docs).reduce<unknown>((best, each) => (compare(each, best) > 0 ? each : best), null)
    case '$min':
      return (docs) =>
        there(docs).reduce<unknown>((best, each) => (best === null || compare(each, best) < 0 ? each : best), null)
    default:
      throw notModelled(`the accumulator ${operator}`)
  }
}
