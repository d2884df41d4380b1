import type * as z from 'zod/mini'

export type ColumnType = 'text' | 'int' | 'bool' | 'json'
export type Column = { name: string; type: ColumnType; nullable: boolean }

/** A table: its columns, what makes a row one of a kind, and what it is looked up by. `Row` is its shape in TypeScript. */
export type Table<Row = object> = {
  name: string
  columns: readonly Column[]
  key: readonly string[]
  unique: readonly (readonly string[])[]
  indexes: readonly (readonly string[])[]
  /** Columns that name a row of another table by its whole key. */
  refs: Readonly<Record<string, string>>
  /** Rows are added at the end and seldom change: an engine may keep them in the order they came. */
  appended: boolean
  /** Only for the type. */
  row?: Row
}

type TableOptions<Row> = {
  key: readonly (keyof Row & string)[]
  unique?: readonly (readonly (keyof Row & string)[])[]
  indexes?: readonly (readonly (keyof Row & string)[])[]
  refs?: { [Column in keyof Row & string]?: string }
  appended?: boolean
}

/** Declares a table by a Zod object; its columns follow from the fields. */
export function defineTable<Shape extends z.ZodMiniObject>(
  name: string,
  shape: Shape,
  options: TableOptions<z.infer<Shape>>,
): Table<z.infer<Shape>> {
  const columns = Object.entries(shape.shape).map(([field, schema]) => columnFor(name, field, schema as z.ZodMiniType))
  return {
    name,
    columns,
    key: options.key,
    unique: options.unique ?? [],
    indexes: options.indexes ?? [],
    refs: (options.refs ?? {}) as Record<string, string>,
    appended: options.appended ?? false,
  }
}

function columnFor(table: string, name: string, schema: z.ZodMiniType): Column {
  let nullable = false
  let inner = schema as unknown as { _zod: { def: { type: string; innerType?: unknown; out?: unknown } } }
  for (;;) {
    const { def } = inner._zod
    if (def.type === 'nullable' || def.type === 'optional') {
      nullable = true
      inner = def.innerType as typeof inner
    } else if (def.type === 'pipe') inner = def.out as typeof inner
    else break
  }
  const types: Record<string, ColumnType> = {
    string: 'text',
    enum: 'text',
    literal: 'text',
    int: 'int',
    number: 'int',
    boolean: 'bool',
    object: 'json',
    array: 'json',
    union: 'json',
    record: 'json',
    unknown: 'json',
  }
  const type = types[inner._zod.def.type]
  if (!type) throw new Error(`${table}.${name}: no column can hold a ${inner._zod.def.type}`)
  return { name, type, nullable }
}

const byName = new WeakMap<Table, Map<string, Column>>()

/** A column by its name; a name that the table does not have is a fault of ours. */
export function columnOf(table: Table, name: string): Column {
  let columns = byName.get(table)
  if (!columns) byName.set(table, (columns = new Map(table.columns.map((column) => [column.name, column]))))
  return columns.get(name) ?? noColumn(table, name)
}

function noColumn(table: Table, name: string): never {
  throw new TypeError(`${table.name} has no column ${name}`)
}
