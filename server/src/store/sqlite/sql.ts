import { columnOf, type Column, type Table } from '../table.ts'

/* Statements for SQLite, made from table declarations only: no value ever stands in their text. */

export type Param = string | number | null

const quote = (name: string) => `"${name}"`

/** A value as the column keeps it. `undefined` would silently become NULL: it is an error here. */
export function toParam(column: Column, value: unknown): Param {
  if (value === null) return null
  if (value === undefined) throw new TypeError(`column ${column.name} has no value`)
  if (column.type === 'json') return JSON.stringify(value)
  if (column.type === 'bool') return value ? 1 : 0
  return value as string | number
}

/** A row as SQLite gives it, one value a column in the table's order, turned into its shape. */
export function fromRow<Row>(table: Table<Row>, values: readonly unknown[]): Row {
  const row: Record<string, unknown> = {}
  const { columns } = table
  for (let index = 0; index < columns.length; index++) {
    const { name, type } = columns[index] as Column
    const value = values[index]
    if (value === null || type === 'text' || type === 'int') row[name] = value
    else row[name] = type === 'json' ? JSON.parse(value as string) : value === 1
  }
  return row as Row
}

/** What a condition asks, without its values: the same shape is the same statement. `text` makes its SQL, once a shape. */
export type Condition = { shape: string; params: Param[]; text: () => string }

const operators: Record<string, string> = { lt: '<', lte: '<=', gt: '>', gte: '>=' }

/** A condition as a shape and its values; every value is bound. */
export function conditionOf(table: Table, where: object): Condition {
  const params: Param[] = []
  let shape = ''
  const bind = (column: Column, operator: string, value: unknown) => {
    shape += `${column.name}${operator};`
    params.push(toParam(column, value))
  }
  for (const name in where) {
    const wanted = (where as Record<string, unknown>)[name]
    const column = columnOf(table, name)
    if (wanted === undefined) throw new TypeError(`condition on ${table.name}.${name} has no value`)
    if (wanted === null) shape += `${name}_;`
    else if (typeof wanted !== 'object' || column.type === 'json') bind(column, '=', wanted)
    else {
      for (const [operator, value] of Object.entries(wanted)) {
        if (value === undefined) continue
        if (operator === 'in') {
          shape += `${name}@;`
          params.push(JSON.stringify(value))
        } else if (operator === 'startsWith') {
          bind(column, '>=', value)
          bind(column, '<', `${String(value)}\u{10FFFF}`)
        } else bind(column, operators[operator] ?? fail(operator), value)
      }
    }
  }
  return { shape, params, text: () => textOf(shape) }
}

/** `"a" = ? and "b" > ?` for a shape. */
function textOf(shape: string): string {
  const parts = shape
    .split(';')
    .filter(Boolean)
    .map((part) => {
      const [, name = '', operator = ''] = /^(\w+?)(_|@|=|<=|>=|<|>)$/.exec(part) ?? []
      if (operator === '_') return `${quote(name)} is null`
      return operator === '@' ? `${quote(name)} in (select value from json_each(?))` : `${quote(name)} ${operator} ?`
    })
  return parts.length > 0 ? parts.join(' and ') : '1'
}

function fail(operator: string): never {
  throw new TypeError(`no comparison is called ${operator}`)
}

export function insertSql(table: Table): string {
  return `insert into ${quote(table.name)} (${table.columns.map((column) => quote(column.name)).join(', ')}) values (${table.columns.map(() => '?').join(', ')})`
}

export function selectSql(table: Table, where: string, order: readonly (readonly [string, string])[]): string {
  const columns = table.columns.map((column) => quote(column.name)).join(', ')
  const sorted =
    order.length > 0
      ? ` order by ${order.map(([name, way]) => `${quote(columnOf(table, name).name)} ${way === 'desc' ? 'desc' : 'asc'}`).join(', ')}`
      : ''
  return `select ${columns} from ${quote(table.name)} where ${where}${sorted} limit ?`
}

export function createTableSql(table: Table): string[] {
  const columns = table.columns.map((column) => {
    const type = column.type === 'text' || column.type === 'json' ? 'text' : 'integer'
    const ref = table.refs[column.name]
    return `${quote(column.name)} ${type}${column.nullable ? '' : ' not null'}${ref ? ` references ${quote(ref)}` : ''}`
  })
  const unique = table.unique.map((names) => `unique (${names.map(quote).join(', ')})`)
  const parts = [...columns, `primary key (${table.key.map(quote).join(', ')})`, ...unique]
  return [
    `create table ${quote(table.name)} (${parts.join(', ')}) strict${table.appended ? '' : ', without rowid'}`,
    ...table.indexes.map((names) => createIndexSql(table.name, names)),
  ]
}

export function createIndexSql(table: string, names: readonly string[]): string {
  return `create index ${quote(`${table}_by_${names.join('_')}`)} on ${quote(table)} (${names.map(quote).join(', ')})`
}

/** `fill` is what the rows there get: a column that may not be empty needs it. It stands in a migration, never in an input. */
export function addColumnSql(table: string, column: Column, fill?: string | number): string {
  if (!column.nullable && fill === undefined)
    throw new Error(`${table}.${column.name}: a column added later is nullable, or says what the rows there get`)
  const type = column.type === 'text' || column.type === 'json' ? 'text' : 'integer'
  const value = typeof fill === 'string' ? `'${fill.replaceAll("'", "''")}'` : fill
  const empty = column.nullable ? '' : ` not null default ${value}`
  return `alter table ${quote(table)} add column ${quote(column.name)} ${type}${empty}`
}
