import { reach } from './collection.ts'
import { notModelled } from './failure.ts'
import { compare, field, isDoc, type Doc } from './values.ts'

type Shape = (doc: Doc) => Doc

/** Reads a projection once: fields to keep, or fields to leave out. */
export function compileProjection(projection: Doc): Shape {
  const entries = Object.entries(projection)
  if (entries.length === 0) return (doc) => doc
  for (const [name, value] of entries) {
    const isPlain = typeof value === 'number' || typeof value === 'boolean'
    if (!isPlain || name.startsWith('$')) throw notModelled(`the projection of ${name}`)
  }
  const others = entries.filter(([name]) => name !== '_id')
  const keeps = others.length > 0 ? Boolean(others[0]?.[1]) : Boolean(projection._id)
  if (others.some(([, value]) => Boolean(value) !== keeps)) throw notModelled('a projection that keeps and leaves out')
  const paths = others.map(([name]) => name.split('.'))
  const hasId = projection._id === undefined || Boolean(projection._id)
  if (keeps) return (doc) => keep(doc, hasId ? [['_id'], ...paths] : paths)
  return (doc) => leaveOut(doc, hasId ? paths : [['_id'], ...paths])
}

function keep(doc: Doc, paths: readonly (readonly string[])[]): Doc {
  const kept = Object.entries(doc).flatMap(([name, value]) => {
    const inside = paths.filter((path) => path[0] === name).map((path) => path.slice(1))
    if (inside.length === 0) return []
    if (inside.some((path) => path.length === 0)) return [[name, value]]
    if (Array.isArray(value)) return [[name, value.filter(isDoc).map((each) => keep(each, inside))]]
    return isDoc(value) ? [[name, keep(value, inside)]] : []
  })
  return Object.fromEntries(kept) as Doc
}

function leaveOut(doc: Doc, paths: readonly (readonly string[])[]): Doc {
  const kept = Object.entries(doc).flatMap(([name, value]) => {
    const inside = paths.filter((path) => path[0] === name).map((path) => path.slice(1))
    if (inside.length === 0) return [[name, value]]
    if (inside.some((path) => path.length === 0)) return []
    return [[name, isDoc(value) ? leaveOut(value, inside) : value]]
  })
  return Object.fromEntries(kept) as Doc
}

/** Sorts by several paths; a list counts as its smallest element, or its largest where the order is downwards. */
export function sortDocs(docs: readonly Doc[], sort: Doc): Doc[] {
  const orders = Object.entries(sort).map(([path, direction]) => {
    if (direction !== 1 && direction !== -1) throw notModelled(`the sort order ${JSON.stringify(direction)}`)
    return { names: path.split('.'), direction: Number(direction) }
  })
  const keyed = docs.map((doc) => ({
    doc,
    keys: orders.map(({ names, direction }) => sortKey(doc, names, direction)),
  }))
  keyed.sort((a, b) => {
    for (const [nth, { direction }] of orders.entries()) {
      const order = compare(a.keys[nth], b.keys[nth])
      if (order !== 0) return order * direction
    }
    return 0
  })
  return keyed.map(({ doc }) => doc)
}

function sortKey(doc: Doc, names: readonly string[], direction: number): unknown {
  const [only] = names
  const plain = names.length === 1 && only !== undefined ? field(doc, only) : undefined
  if (names.length === 1 && !Array.isArray(plain)) return plain
  const seen = reach(doc, names, 0).filter((value) => !Array.isArray(value))
  return seen.reduce((best, value) => (compare(value, best) * direction < 0 ? value : best), seen[0])
}
