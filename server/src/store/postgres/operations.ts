import type { Guard, Write } from '../store.ts'
import type { Table } from '../table.ts'

/** One thing that one change of a group does. `given` are the numbers and times that it was given. */
export type Operation =
  | { do: 'guard'; table: Table; guard: Guard; change: number; lock: boolean }
  | (Write & { change: number; given: ReadonlySet<number> })

/** A row by its key, alike for whoever names it. */
export const keyOf = (table: Table, key: object): string => valuesKey(table.name, table.key, key)

/** Values under a name; no value holds the sign between them, since no text may hold NUL. */
export function valuesKey(name: string, columns: readonly string[], row: object): string {
  let key = name
  for (const column of columns) key += `\0${String((row as Record<string, unknown>)[column])}`
  return key
}

/** Whether these columns are the whole key of a row, and nothing else. */
export const isWholeKey = (table: Table, key: object): boolean =>
  Object.keys(key).length === table.key.length && table.key.every((column) => column in key)

/** The row that a write is about. */
export const rowId = (write: Write): string => keyOf(write.table, write.do === 'insert' ? write.row : write.key)
