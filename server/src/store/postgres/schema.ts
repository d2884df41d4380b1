import type { Step } from '../migrations/portable.ts'
import type { Column, Table } from '../table.ts'

/* What a migration means in PostgreSQL. Names and constants stand in a migration, never in an input. */

/** The longest name that PostgreSQL keeps whole, in bytes. */
const LONGEST_NAME = 63

/** Text in the order of its code points, as in every engine; JSON to the letter. */
const types = { text: 'text collate "C"', json: 'text collate "C"', int: 'bigint', bool: 'boolean' } as const

/** Room for a row to be rewritten in its page, where that happens at every commit. */
const storage: Readonly<Record<string, string>> = { places: ' with (fillfactor = 60)' }

/** The only function in the database: it ends a transaction with the numbers of the changes that may not be. */
export const REFUSE = {
  name: 'connectly_refuse',
  body: `
begin
  if which is null then
    return 0;
  end if;
  raise exception using errcode = 'CN001', message = 'refused', detail = which;
end
`,
}

export const refuseSql = `create or replace function ${REFUSE.name}(which text) returns bigint language plpgsql as $$${REFUSE.body}$$`

export type Index = { name: string; table: string; columns: readonly string[]; isCoarse: boolean }

/** A step's statements inside its migration's transaction; indexes are made apart. */
export function stepSql(step: Step): string[] {
  switch (step.do) {
    case 'addTable':
      return [tableSql(step.table)]
    case 'addColumn':
      return [columnSql(step.table, step.column, step.fill)]
    case 'addIndex':
      return []
  }
}

/** The indexes of a step: those of a new table, or one on a table that is there. */
export function indexesOf(step: Step): Index[] {
  switch (step.do) {
    case 'addTable':
      return step.table.indexes.map((columns) => indexOn(step.table.name, columns, false))
    case 'addColumn':
      return []
    case 'addIndex':
      return [indexOn(step.table, step.columns, step.shared ?? false)]
  }
}

/** A coarse index costs a busy table next to nothing: it keeps the smallest and the largest of each few pages. */
export function indexSql({ name, table, columns, isCoarse }: Index, how: '' | 'concurrently'): string {
  const list = columns.map(quote).join(', ')
  const using = isCoarse ? `using brin (${list}) with (pages_per_range = 4)` : `(${list})`
  return `create index ${how} ${quote(name)} on ${quote(table)} ${using}`
}

export const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`

function indexOn(table: string, columns: readonly string[], isCoarse: boolean): Index {
  const name = `${table}_by_${columns.join('_')}`
  if (Buffer.byteLength(name) > LONGEST_NAME) throw new Error(`${name} is too long for the name of an index`)
  return { name, table, columns, isCoarse }
}

function tableSql(table: Table): string {
  const columns = table.columns.map((column) => {
    const ref = table.refs[column.name]
    return `${quote(column.name)} ${types[column.type]}${column.nullable ? '' : ' not null'}${ref ? ` references ${quote(ref)}` : ''}`
  })
  const unique = table.unique.map((names) => `unique (${names.map(quote).join(', ')})`)
  const parts = [...columns, `primary key (${table.key.map(quote).join(', ')})`, ...unique]
  return `create table ${quote(table.name)} (${parts.join(', ')})${storage[table.name] ?? ''}`
}

function columnSql(table: string, column: Column, fill: string | number | undefined): string {
  if (!column.nullable && fill === undefined)
    throw new Error(`${table}.${column.name}: a column added later is nullable, or says what the rows there get`)
  const value = typeof fill === 'string' ? `'${fill.replaceAll("'", "''")}'` : fill
  const empty = column.nullable ? '' : ` not null default ${value}`
  return `alter table ${quote(table)} add column ${quote(column.name)} ${types[column.type]}${empty}`
}
