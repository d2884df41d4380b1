import { Unreadable } from '../kernel/unreadable.ts'

/** What is wrong with a text that JSON would take: where, and why, in words for whoever sent it. */
export type Fault = { path: readonly string[]; reason: string }

/** Objects and lists within each other; the deepest legal input has four. */
export const MAX_DEPTH = 32

/** Names that reach into what every object is made from. */
const reaching = new Set(['__proto__', 'constructor', 'prototype'])
/** Above this many keys, an object's are looked up in a set instead of a list. */
const FEW = 8

/** As the shapes of texts say it themselves. */
const UNSTORABLE = 'has a character that cannot be kept'

/** What no store keeps can only be written by its code. */
const oddCode = /\\u(?:0000|d[89a-f])/i

const QUOTE = 34
const COMMA = 44
const BACKSLASH = 92
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [91, 93, 123, 125]

type Level = { keys: string[]; many: Set<string> | null; index: number; isObject: boolean }

/** Stands for a text that is no JSON, or neither an object nor a list. */
export const NOT_JSON = Symbol('not JSON')

/** What the body of a request says; with a fault in it, something that is refused where all inputs are. */
export function inputOf(body: unknown): unknown {
  if (typeof body !== 'string') return undefined
  if (body === '') return {}
  try {
    const value: unknown = JSON.parse(body)
    if (typeof value !== 'object') return NOT_JSON
    const fault = faultIn(body)
    return fault ? new Unreadable(fault.path, fault.reason) : value
  } catch {
    return NOT_JSON
  }
}

/**
 * Looks through a text for what JSON.parse takes without a word: a key that comes twice, of which it would keep the last;
 * nesting without end; names that reach into prototypes; characters that no store keeps. Once through, without parsing; a text that is no JSON has none
 * of these, and is for the parser to refuse.
 * @param atMost how deep objects and lists may stand in each other
 */
export function faultIn(text: string, atMost = MAX_DEPTH): Fault | null {
  const levels: Level[] = []
  let level: Level | undefined
  let expectsKey = false
  const hasCodes = oddCode.test(text)
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) {
      const end = endOfString(text, at)
      if (end === -1) return null
      if (hasCodes && !isStorable(text, at, end)) return { path: pathOf(levels), reason: UNSTORABLE }
      if (expectsKey && level) {
        expectsKey = false
        const key = keyOf(text, at, end)
        const reason = addKey(level, key)
        if (reason) return { path: pathOf(levels), reason }
      }
      at = end
    } else if (code === COMMA) {
      if (level?.isObject) expectsKey = true
      else if (level) level.index++
    } else if (code === OPEN_OBJECT || code === OPEN_LIST) {
      if (levels.length === atMost) return { path: pathOf(levels), reason: 'is nested too deep' }
      expectsKey = code === OPEN_OBJECT
      level = { keys: [], many: null, index: 0, isObject: expectsKey }
      levels.push(level)
    } else if (code === CLOSE_OBJECT || code === CLOSE_LIST) {
      levels.pop()
      level = levels.at(-1)
      expectsKey = false
    }
  }
  return null
}

/** Where the string that begins here ends: at the next quotation mark that an even number of backslashes stands before. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1)
  while (end !== -1) {
    let before = end - 1
    while (text.charCodeAt(before) === BACKSLASH) before--
    if ((end - before) % 2 === 1) return end
    end = text.indexOf('"', end + 1)
  }
  return -1
}

/** Whether a string is without NUL and without half of a surrogate pair, which come by their codes alone. */
function isStorable(text: string, start: number, end: number): boolean {
  const raw = text.slice(start + 1, end)
  if (!oddCode.test(raw)) return true
  const value = read(raw)
  return !value.includes('\u0000') && value.isWellFormed()
}

function keyOf(text: string, start: number, end: number): string {
  const raw = text.slice(start + 1, end)
  return raw.includes('\\') ? read(raw) : raw
}

/** What a string of JSON says, between its quotation marks. */
function read(raw: string): string {
  try {
    return JSON.parse(`"${raw}"`) as string
  } catch {
    return raw
  }
}

/** Notes a key; answers with what is wrong about it. */
function addKey(level: Level, key: string): string | undefined {
  const { keys } = level
  const isKnown = level.many ? level.many.has(key) : keys.includes(key)
  keys.push(key)
  if (level.many) level.many.add(key)
  else if (keys.length > FEW) level.many = new Set(keys)
  if (key.length >= 9 && reaching.has(key)) return 'is a name that no field may have'
  return isKnown ? 'comes twice' : undefined
}

const pathOf = (levels: readonly Level[]): string[] =>
  levels.flatMap(({ isObject, keys, index }) => (isObject ? keys.slice(-1) : [String(index)]))
