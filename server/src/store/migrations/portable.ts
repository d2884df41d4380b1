import type { Column, Table } from '../table.ts'

/** A step of a migration, in words that every engine understands. */
export type Step =
  | { do: 'addTable'; table: Table }
  | { do: 'addColumn'; table: string; column: Column; /** What rows that are there get. */ fill?: string | number }
  | {
      do: 'addIndex'
      table: string
      columns: readonly string[]
      /** Only for processes that share a store, and may be coarse; an engine for one process leaves it out. */
      shared?: true
    }

export type Migration = { number: number; name: string; steps: readonly Step[] }

/** A column for a table that is there. One that may not be empty says what the rows there get. */
export function addColumn(
  table: string,
  name: string,
  type: 'text?' | 'int?' | 'bool?' | 'json?' | 'text' | 'int',
  fill?: string | number,
): Step {
  const column = { name, type: type.replace('?', '') as Column['type'], nullable: type.endsWith('?') }
  return { do: 'addColumn', table, column, ...(fill !== undefined && { fill }) }
}

/** An index for a table that is there. */
export const addIndex = (table: string, ...columns: string[]): Step => ({ do: 'addIndex', table, columns })

/** An index that only processes sharing a store look things up by. */
export const addSharedIndex = (table: string, ...columns: string[]): Step => ({
  do: 'addIndex',
  table,
  columns,
  shared: true,
})

/** A frozen table: written out, not taken from today's shapes, so that history does not change under a released schema. */
export function addTable(
  name: string,
  columns: Readonly<Record<string, 'text' | 'int' | 'bool' | 'json' | 'text?' | 'int?' | 'bool?' | 'json?'>>,
  options: {
    key: readonly string[]
    unique?: readonly (readonly string[])[]
    indexes?: readonly (readonly string[])[]
    refs?: Record<string, string>
    appended?: boolean
  },
): Step {
  return {
    do: 'addTable',
    table: {
      name,
      columns: Object.entries(columns).map(([column, type]) => ({
        name: column,
        type: type.replace('?', '') as Column['type'],
        nullable: type.endsWith('?'),
      })),
      key: options.key,
      unique: options.unique ?? [],
      indexes: options.indexes ?? [],
      refs: options.refs ?? {},
      appended: options.appended ?? false,
    },
  }
}
