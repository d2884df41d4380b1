import type { UpdateFilter } from 'mongodb'
import { migrations } from '../migrations/migrations.ts'
import { migratedTables } from '../migrations/schema.ts'

import { columnOf, type Column, type Table } from '../table.ts'

/* Rows as MongoDB keeps them: one document a row, one scalar a column, and nothing that could be read as an operator. */

export type Value = string | number | boolean | null

/**
 * A row's document: its columns under their own names, each a scalar (JSON as its text, to the letter), and its key once
 * more as `_id`: the text itself where one text column is the key, else the key's columns joined.
 */
export type Doc = { _id: string; [column: string]: Value }

/** A counter in each document that is raised where a commit relies on the row without changing it. No column is called so. */
export const TOUCH = '_g'

/** Raises the counter. An update that changed nothing would not be written, and nobody would meet it. */
export const RAISE = { $inc: { [TOUCH]: 1 } } as unknown as UpdateFilter<Doc>

const tables = migratedTables()

/** A table as the migrations made it: it may have columns that a feature does not name. */
export const keptTable = (table: Table): Table => tables.get(table.name) ?? table

export function tableNamed(name: string): Table {
  const table = tables.get(name)
  if (!table) throw new TypeError(`no migration makes ${name}`)
  return table
}

export const allTables = (): Iterable<Table> => tables.values()

const fills = new Map<string, Value>()
for (const step of migrations.flatMap(({ steps }) => steps))
  if (step.do === 'addColumn') fills.set(`${step.table}.${step.column.name}`, step.fill ?? null)

/** What a column added later has in rows that do not say it: a process of the version before does not write it. */
export const fillOf = (table: Table, column: Column): Value => fills.get(`${table.name}.${column.name}`) ?? null

/** A value as the column keeps it. Throws TypeError for one that it cannot keep, before anything is sent. */
export function encode(column: Column, value: unknown): Value {
  if (value === null) return column.nullable ? null : unfit(column, value)
  const encoded = encodeWanted(column, value)
  if (column.type !== 'int') return encoded
  return Number.isSafeInteger(encoded) ? encoded : unfit(column, value)
}

/** A value as a condition names it: like `encode`, but any number may stand beside a whole one. */
export function encodeWanted(column: Column, value: unknown): Value {
  if (value === null) return null
  if (value === undefined) throw new TypeError(`column ${column.name} has no value`)
  switch (column.type) {
    case 'json':
      return JSON.stringify(value) ?? unfit(column, value)
    case 'text':
      return typeof value === 'string' ? value : unfit(column, value)
    case 'bool':
      return typeof value === 'boolean' ? value : unfit(column, value)
    case 'int':
      // Adding zero turns -0, which BSON would keep apart, into 0.
      return typeof value === 'number' && !Number.isNaN(value) ? value + 0 : unfit(column, value)
  }
}

function unfit(column: Column, value: unknown): never {
  throw new TypeError(`column ${column.name} cannot keep ${value === null ? 'null' : `this ${typeof value}`}`)
}

/** A row to be inserted. A column that the feature's table does not name gets what the migration fills it with. */
export function toDoc(table: Table, row: object): Doc {
  const kept = keptTable(table)
  const doc: Record<string, Value> = {}
  for (const { name } of table.columns) {
    const column = columnOf(kept, name)
    doc[name] = encode(column, (row as Record<string, unknown>)[name])
  }
  for (const column of kept.columns) if (!(column.name in doc)) doc[column.name] = encode(column, fillOf(kept, column))
  return { ...doc, _id: idOf(kept, doc) }
}

/** A document as it was read, with what it does not say. */
export function wholeDoc(table: Table, doc: Doc): Doc {
  const whole: Doc = { _id: doc._id }
  for (const column of table.columns) whole[column.name] = told(table, column, doc)
  return whole
}

function told(table: Table, column: Column, doc: Record<string, Value>): Value {
  const value = doc[column.name]
  return value === undefined ? fillOf(table, column) : value
}

/** A document as a row in its shape. */
export function fromDoc<Row>(table: Table<Row>, doc: Record<string, Value>): Row {
  const row: Record<string, unknown> = {}
  for (const column of table.columns) {
    const value = told(table as Table, column, doc)
    row[column.name] = column.type === 'json' && value !== null ? JSON.parse(value as string) : value
  }
  return row as Row
}

/** The key of a row as one text; different keys never make the same one. */
export function idOf(table: Table, values: Record<string, Value>): string {
  const parts = table.key.map((name) => String(values[name]))
  return isPlain(table) ? (parts[0] as string) : parts.map(escape).join('|')
}

const escape = (part: string) => part.replaceAll(/[\\|]/g, '\\$&')

/** Whether the one key column of a table is its `_id` as it stands. */
export function isPlain(table: Table): boolean {
  const [only, ...more] = table.key
  return only !== undefined && more.length === 0 && columnOf(table, only).type === 'text'
}

/** The `_id` that a condition asks for, if it names the whole key by single values. */
export function wantedId(table: Table, where: object): string | undefined {
  const kept = keptTable(table)
  const values: Record<string, Value> = {}
  for (const name of kept.key) {
    const wanted = (where as Record<string, unknown>)[name]
    if (typeof wanted !== 'string' && typeof wanted !== 'number' && typeof wanted !== 'boolean') return undefined
    values[name] = encodeWanted(columnOf(kept, name), wanted)
  }
  return idOf(kept, values)
}
