import type { Filter } from 'mongodb'
import { encodeWanted, isPlain, keptTable, wantedId, type Doc, type Value } from './rows.ts'

import { columnOf, type Column, type Table } from '../table.ts'

/*
 * Conditions. Whatever a caller hands over as a value goes through the column's codec, which lets scalars through and
 * nothing else, and is then put under an operator that stands in this file: no value is ever read as an operator.
 */

type Operator = '$eq' | '$in' | '$lt' | '$lte' | '$gt' | '$gte'
type Clause = { column: string; operator: Operator; value: Value | readonly Value[] }

const operators: Readonly<Record<string, Operator>> = { lt: '$lt', lte: '$lte', gt: '$gt', gte: '$gte' }

/** The single demands of a condition, which must all hold. */
function clausesOf(table: Table, where: object): Clause[] {
  const clauses: Clause[] = []
  for (const [name, wanted] of Object.entries(where)) {
    const column = columnOf(table, name)
    if (wanted === undefined) throw new TypeError(`condition on ${table.name}.${name} has no value`)
    const isOne = wanted === null || typeof wanted !== 'object' || column.type === 'json'
    if (isOne) clauses.push({ column: name, operator: '$eq', value: encodeWanted(column, wanted) })
    else clauses.push(...comparisonsOf(column, wanted as object))
  }
  return clauses
}

function comparisonsOf(column: Column, wanted: object): Clause[] {
  const prototype: unknown = Object.getPrototypeOf(wanted)
  if (prototype !== Object.prototype && prototype !== null)
    throw new TypeError(`condition on ${column.name} is no comparison`)
  const clauses: Clause[] = []
  const add = (operator: Operator, value: Value | readonly Value[]) =>
    clauses.push({ column: column.name, operator, value })
  for (const [name, value] of Object.entries(wanted) as [string, unknown][]) {
    if (value === undefined) continue
    if (name === 'in') {
      if (!Array.isArray(value)) throw new TypeError(`condition on ${column.name}: in needs a list`)
      const listed = value.map((each: unknown) => encodeWanted(column, each))
      add(
        '$in',
        listed.filter((each) => each !== null),
      )
    } else if (name === 'startsWith') {
      if (column.type !== 'text') throw new TypeError(`column ${column.name} has no beginning`)
      const prefix = encodeWanted(column, value) as string
      add('$gte', prefix)
      add('$lt', `${prefix}\u{10FFFF}`)
    } else {
      const operator = operators[name] ?? fail(name)
      // As in SQL: nothing compares with null.
      if (value === null) add('$in', [])
      else add(operator, encodeWanted(column, value))
    }
  }
  return clauses
}

function fail(operator: string): never {
  throw new TypeError(`no comparison is called ${operator}`)
}

/** Conditions as a filter for the server. A whole key is asked for by `_id`. */
export function filterOf(table: Table, ...wheres: readonly object[]): Filter<Doc> {
  const kept = keptTable(table)
  const [plainKey] = isPlain(kept) ? kept.key : []
  const fields: Record<string, Record<string, unknown>> = {}
  const more: Record<string, unknown>[] = []
  const demand = (field: string, operator: string, value: unknown) => {
    const demands = (fields[field] ??= {})
    if (operator in demands) more.push({ [field]: { [operator]: value } })
    else demands[operator] = value
  }
  for (const where of wheres) {
    const id = plainKey === undefined ? wantedId(table, where) : undefined
    if (id !== undefined) demand('_id', '$eq', id)
    for (const { column, operator, value } of clausesOf(table, where))
      if (id === undefined || !kept.key.includes(column)) demand(column === plainKey ? '_id' : column, operator, value)
  }
  return (more.length > 0 ? { ...fields, $and: more } : fields) as Filter<Doc>
}

/** Judges whether a document fits conditions, exactly as the server would. */
export function fitter(table: Table, ...wheres: readonly object[]): (doc: Doc) => boolean {
  const clauses = wheres.flatMap((where) => clausesOf(table, where))
  return (doc) => clauses.every((clause) => holds(doc[clause.column] ?? null, clause))
}

function holds(kept: Value, { operator, value }: Clause): boolean {
  if (operator === '$eq') return kept === value
  if (kept === null) return false
  if (operator === '$in') return (value as readonly Value[]).includes(kept)
  const order = compare(kept, value as Value)
  if (operator === '$lt') return order < 0
  if (operator === '$lte') return order <= 0
  return operator === '$gt' ? order > 0 : order >= 0
}

/** Texts compare by code points, as the server's bytes do; JavaScript's own order differs above U+FFFF. */
function compare(a: Value, b: Value): number {
  if (typeof a === 'string' && typeof b === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b))
  return Number(a) - Number(b)
}
