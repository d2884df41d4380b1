import { randomBytes } from 'node:crypto'
import type { Numbered } from '../store.ts'
import type { Column } from '../table.ts'

/*
 * Numbers that are not known yet. A group goes to the database in one flight, so its numbers are taken there, under the
 * places' locks; until then a number is the place it comes from and how far it is from that place's last. Both are kept in
 * one integer above every real number and time, so that a change may put it wherever a number goes.
 */

/** From here on an integer means "number `offset` after the last of place `slot`"; it is later than the last of all times. */
const NUMBERS = 2 ** 53 - 2 ** 48
const OFFSETS = 2 ** 20
/** From here on it means "the time of place `slot`". */
const TIMES = NUMBERS + 2 ** 47

export function pendingNumber(place: Numbered['place'], slot: number, offset: number): Numbered {
  return { place, seq: NUMBERS + slot * OFFSETS + offset, at: TIMES + slot }
}

export const isPending = (value: unknown): value is number => typeof value === 'number' && value >= NUMBERS

/** SQL that turns a pending integer into what it means, with the places' numbers and times at hand as `b`. */
export const settledSql = (value: string): string =>
  `case when ${value} < ${NUMBERS} then ${value} when ${value} < ${TIMES} ` +
  `then b.seqs[((${value} - ${NUMBERS}) / ${OFFSETS}) + 1] + (${value} % ${OFFSETS}) ` +
  `else b.times[(${value} - ${TIMES}) + 1] end`

/** How a pending integer is written inside JSON: nobody outside this process can write it there. */
const MARK = `@${randomBytes(12).toString('hex')}:`
const PENDING_DIGITS = /[89]\d{15}/

/** JSON for a column, and the pending integers in it, each with the text that stands in its place. */
export type Json = { text: string; marks: [text: string, value: number][] }

export function jsonOf(value: unknown): Json {
  const text = JSON.stringify(value)
  if (!PENDING_DIGITS.test(text)) return { text, marks: [] }
  const marks = new Map<number, string>()
  const marked = JSON.stringify(value, (_key, part: unknown) => {
    if (!isPending(part)) return part
    const mark = `${MARK}${part}@`
    marks.set(part, `"${mark}"`)
    return mark
  })
  return { text: marked, marks: [...marks].map(([number, mark]) => [mark, number]) }
}

export type Param = string | number | boolean | null

/** A value as the column keeps it, with pending integers as they are. Whatever the column cannot keep is an error. */
export function toParam({ name, type }: Column, value: unknown): Param {
  if (value === null) return null
  if (value === undefined) throw new TypeError(`column ${name} has no value`)
  if (type === 'json') return JSON.stringify(value)
  const fits = type === 'int' ? Number.isSafeInteger(value) : typeof value === (type === 'bool' ? 'boolean' : 'string')
  if (!fits) throw new TypeError(`column ${name} cannot hold a ${typeof value}`)
  return value as Param
}

const types = { text: 'text', json: 'text', int: 'bigint', bool: 'boolean' } as const

/** The type of a column in PostgreSQL. */
export const typeOf = (column: Column): string => types[column.type]

/** An array as a literal of PostgreSQL. */
export function arrayText(values: readonly Param[]): string {
  let text = '{'
  for (let nth = 0; nth < values.length; nth++) {
    const value = values[nth]
    if (nth > 0) text += ','
    if (value === null || value === undefined) text += 'NULL'
    else if (typeof value !== 'string') text += value
    else text += `"${SPECIAL.test(value) ? value.replaceAll('\\', '\\\\').replaceAll('"', '\\"') : value}"`
  }
  return `${text}}`
}

const SPECIAL = /["\\]/
