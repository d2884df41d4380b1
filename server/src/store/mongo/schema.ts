import type { Document, IndexDescription } from 'mongodb'
import { fillOf, isPlain, TOUCH } from './rows.ts'
import type { Column, Table } from '../table.ts'

/* Collections, validators and indexes, made from table declarations only. */

const TYPES: Readonly<Record<Column['type'], readonly string[]>> = {
  text: ['string'],
  json: ['string'],
  bool: ['bool'],
  // The driver sends what fits in 32 bits as an int and anything larger as a double, which is exact up to 2^53.
  int: ['int', 'long', 'double'],
}

/**
 * What every document of a collection must look like: the last wall, behind the codec. A column that came later may be
 * missing, so that a process of the version before can go on while a newer one starts; it reads as what it is filled with.
 */
export function validatorOf(table: Table): Document {
  const isLate = (column: Column) => column.nullable || fillOf(table, column) !== null
  const required = table.columns.filter((column) => !isLate(column)).map((column) => column.name)
  const properties = table.columns.map((column) => [
    column.name,
    { bsonType: [...TYPES[column.type], ...(column.nullable ? ['null'] : [])] },
  ])
  return {
    $jsonSchema: {
      bsonType: 'object',
      required: ['_id', ...required],
      properties: { _id: { bsonType: 'string' }, ...Object.fromEntries(properties), [TOUCH]: { bsonType: TYPES.int } },
    },
  }
}

/**
 * The indexes of a table: its key where it has several columns (`_id` is one text, of no use to a range), its unique sets,
 * what it is looked up by, and each column that names a row of another table, to ask whether that one may go.
 */
export function indexesOf(table: Table): IndexDescription[] {
  const plain: (readonly string[])[] = isPlain(table) ? [] : [table.key]
  for (const names of table.indexes) if (!plain.some((known) => isStart(names, known))) plain.push(names)
  for (const column of Object.keys(table.refs))
    if (!plain.some((known) => isStart([column], known))) plain.push([column])
  return [...plain.map(indexOf), ...table.unique.map((names) => uniqueIndexOf(table, names))]
}

const isStart = (names: readonly string[], of: readonly string[]) => names.every((name, nth) => of[nth] === name)

export const indexOf = (names: readonly string[]): IndexDescription => ({
  name: `by_${names.join('_')}`,
  key: keyOf(names),
})

const keyOf = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, 1 as const]))

/**
 * A unique set in which a column may be null leaves out the rows where it is. The filter is a comparison of the column's
 * own type, which null never fits, and not `$type`: for a query that names a value, the planner can prove that the value
 * lies in the compared range, and so that the index has every row it needs; it proves no such thing for `$type`.
 */
function uniqueIndexOf(table: Table, names: readonly string[]): IndexDescription {
  const nullable = table.columns.filter((column) => column.nullable && names.includes(column.name))
  const least = { text: '', json: '', bool: false, int: -Number.MAX_VALUE }
  const filled = nullable.map((column) => [column.name, { $gte: least[column.type] }])
  return {
    name: `one_${names.join('_')}`,
    key: keyOf(names),
    unique: true,
    ...(filled.length > 0 && { partialFilterExpression: Object.fromEntries(filled) as Document }),
  }
}
