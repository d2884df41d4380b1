import { hash } from 'node:crypto'
import type { Table } from '../store/table.ts'

/** How many rows a table has, and the sum of their SHA-256, which tells the same rows in any order and on any engine. */
export type Sum = { rows: number; sum: string }

const MODULUS = 1n << 256n

/** A row to the letter: its columns in the order of the table. */
export const textOf = (table: Table, row: object): string =>
  JSON.stringify(table.columns.map(({ name }) => (row as Record<string, unknown>)[name] ?? null))

/** Adds rows up, beginning where an earlier sum ended. */
export function summing(from: Sum = { rows: 0, sum: '0' }) {
  let { rows } = from
  let sum = BigInt(`0x${from.sum}`)
  return {
    add: (text: string): void => {
      rows++
      sum = (sum + BigInt(`0x${hash('sha256', text, 'hex')}`)) % MODULUS
    },
    now: (): Sum => ({ rows, sum: sum.toString(16) }),
  }
}

export const isSame = (a: Sum, b: Sum): boolean => a.rows === b.rows && a.sum === b.sum
