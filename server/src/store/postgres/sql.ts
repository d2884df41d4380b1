import { createHash } from 'node:crypto'
import { arrayText, settledSql, toParam, typeOf, type Param } from './values.ts'

import { columnOf, type Column, type Table } from '../table.ts'

/* Statements for PostgreSQL, made from table declarations only: no value ever stands in their text. Those of a commit take
   whole columns of values, one array each, so that one statement does the same for many changes. */

/** A statement with its values. Its name is a hash of its text: the server keeps it prepared. */
export type Statement = { name: string; text: string; values: unknown[] }

const names = new Map<string, { name: string; text: string }>()

/** A statement by what it does; its text is made once. */
export function prepared(asks: string, text: () => string, values: unknown[]): Statement {
  let known = names.get(asks)
  if (!known) {
    const made = text()
    known = { name: createHash('sha256').update(made).digest('hex').slice(0, 40), text: made }
    names.set(asks, known)
  }
  return { name: known.name, text: known.text, values }
}

const labels = new WeakMap<Table, string>()

/** A table's name by which a statement of whole rows is kept: two declarations may have their columns in another order. */
export function labelOf(table: Table): string {
  let label = labels.get(table)
  if (!label)
    labels.set(table, (label = `${table.name}(${table.columns.map(({ name, type }) => `${name} ${type}`).join()})`))
  return label
}

export const quote = (name: string): string => `"${name}"`

/** One comparison of a condition. Without an operator the column has to be null. */
type Term = { column: Column; operator: '=' | '<' | '<=' | '>' | '>=' | 'in' | 'null'; value: Param }

const operators: Record<string, Term['operator']> = { lt: '<', lte: '<=', gt: '>', gte: '>=' }

/** A condition as comparisons; every value is a parameter. A list is one literal of an array. */
export function termsOf(table: Table, where: object): Term[] {
  const terms: Term[] = []
  for (const [name, wanted] of Object.entries(where)) {
    const column = columnOf(table, name)
    const add = (operator: Term['operator'], value: unknown) =>
      terms.push({ column, operator, value: toParam(column, value) })
    if (wanted === undefined) throw new TypeError(`condition on ${table.name}.${name} has no value`)
    if (wanted === null) terms.push({ column, operator: 'null', value: null })
    else if (typeof wanted !== 'object' || column.type === 'json') add('=', wanted)
    else
      for (const [operator, value] of Object.entries(wanted as Record<string, unknown>)) {
        if (value === undefined) continue
        if (operator === 'in') {
          const list = (value as readonly unknown[]).map((each) => toParam(column, each))
          terms.push({ column, operator: 'in', value: arrayText(list) })
        } else if (operator === 'startsWith') {
          add('>=', value)
          add('<', `${value as string}\u{10FFFF}`)
        } else add(operators[operator] ?? fail(operator), value)
      }
  }
  return terms
}

function fail(operator: string): never {
  throw new TypeError(`no comparison is called ${operator}`)
}

/** What a condition asks, without its values. */
export const shapeOf = (terms: readonly Term[]): string =>
  terms.map(({ column, operator }) => `${column.name}${operator}`).join(';')

export const paramsOf = (terms: readonly Term[]): Param[] =>
  terms.flatMap(({ operator, value }) => (operator === 'null' ? [] : [value]))

/** `t."a" = X and t."b" > Y`, where `next` gives the SQL of each value in turn. */
export function conditionSql(terms: readonly Term[], next: () => string): string {
  const parts = terms.map(({ column, operator }) => {
    const name = `t.${quote(column.name)}`
    if (operator === 'null') return `${name} is null`
    return operator === 'in' ? `${name} = any(${next()}::${typeOf(column)}[])` : `${name} ${operator} ${next()}`
  })
  return parts.length > 0 ? parts.join(' and ') : 'true'
}

const typeOfTerm = ({ column, operator }: Term): string => (operator === 'in' ? 'text' : typeOf(column))

/** The types of a condition's values. */
export const typesOf = (terms: readonly Term[]): string[] =>
  terms.flatMap((term) => (term.operator === 'null' ? [] : [typeOfTerm(term)]))

export type { Term }

/** Rows of values as a source called `r`, its columns `v0`, `v1` …; one array parameter each, from `$first` on. */
export function sourceSql(types: readonly string[], first = 1): string {
  const arrays = types.map((type, nth) => `$${nth + first}::${type}[]`)
  return `unnest(${arrays.join(', ')}) r(${types.map((_, nth) => `v${nth}`).join(', ')})`
}

/** The values of many rows, one array a column, as literals: the driver would look at each value again. */
export function columnsOf(rows: readonly (readonly Param[])[], width: number): string[] {
  const columns: string[] = []
  for (let column = 0; column < width; column++) columns.push(arrayText(rows.map((row) => row[column] as Param)))
  return columns
}

/** The places of so many rows, as a literal. */
export const placesOf = (count: number): string => `{${Array.from({ length: count }, (_, nth) => nth).join()}}`

/** The places' numbers and times that the lock has left for this transaction. */
export const BASES =
  `b as materialized (select current_setting('connectly.seqs')::bigint[] seqs, ` +
  `current_setting('connectly.times')::bigint[] times)`

/** A value of a row as SQL: a pending integer settled, and so inside JSON, where `marks` of them may stand. */
export function valueSql(value: string, pending: boolean, marks: { count: number; first: number }): string {
  if (pending) return settledSql(value)
  let text = value
  for (let nth = 0; nth < marks.count; nth++) {
    const [mark, number] = [`r.v${marks.first + nth * 2}`, `r.v${marks.first + nth * 2 + 1}`]
    text = `case when ${mark} is null then ${text} else replace(${text}, ${mark}, (${settledSql(number)})::text) end`
  }
  return text
}

/** `select` of whole rows of a table called `t`. */
export const rowSql = (table: Table): string => table.columns.map((column) => `t.${quote(column.name)}`).join(', ')

/** A row as it comes, one value a column, turned into its shape. */
export function fromRow<Row>(table: Table<Row>, values: readonly unknown[], from = 0): Row {
  const row: Record<string, unknown> = {}
  for (let nth = 0; nth < table.columns.length; nth++) {
    const { name, type } = table.columns[nth] as Column
    const value = values[nth + from]
    row[name] = type === 'json' && value !== null ? JSON.parse(value as string) : value
  }
  return row as Row
}
