import { BSON } from 'mongodb'

/*
 * BSON values, and their order. A document is a plain object that is never changed once it is stored. Numbers are what the
 * driver would send for them: a JavaScript number that is whole and fits in 32 bits is an int, any other a double, and a
 * 64-bit integer stays a `Long`.
 */

export type Doc = { readonly [field: string]: unknown }

/** Kinds of values in the order in which MongoDB sorts them; a missing value counts as null. */
const KINDS = [
  'minKey',
  'null',
  'number',
  'string',
  'object',
  'array',
  'binData',
  'objectId',
  'bool',
  'date',
  'timestamp',
  'regex',
  'maxKey',
] as const
type Kind = (typeof KINDS)[number]

const RANKS = new Map(KINDS.map((kind, rank) => [kind, rank]))
const BSON_KINDS: Readonly<Record<string, Kind>> = {
  Long: 'number',
  Int32: 'number',
  Double: 'number',
  Decimal128: 'number',
  Binary: 'binData',
  ObjectId: 'objectId',
  Timestamp: 'timestamp',
  BSONRegExp: 'regex',
  BSONSymbol: 'string',
  MinKey: 'minKey',
  MaxKey: 'maxKey',
}

export function kindOf(value: unknown): Kind {
  if (value === undefined || value === null) return 'null'
  if (typeof value === 'string') return 'string'
  if (typeof value === 'number' || typeof value === 'bigint') return 'number'
  if (typeof value === 'boolean') return 'bool'
  if (Array.isArray(value)) return 'array'
  if (value instanceof Date) return 'date'
  if (value instanceof RegExp) return 'regex'
  const type = (value as { _bsontype?: unknown })._bsontype
  return (typeof type === 'string' ? BSON_KINDS[type] : undefined) ?? 'object'
}

export const isDoc = (value: unknown): value is Doc =>
  typeof value === 'object' && value !== null && kindOf(value) === 'object'

/** A field of its own, so that `constructor` is missing where nobody set it. */
export const field = (doc: Doc, name: string): unknown => (Object.hasOwn(doc, name) ? doc[name] : undefined)

/** The name of a value's type as `$type` and `bsonType` call it; undefined for a missing value. */
export function typeName(value: unknown): string | undefined {
  if (value === undefined) return undefined
  const kind = kindOf(value)
  if (kind !== 'number') return kind
  if (typeof value === 'number') return isInt(value) ? 'int' : 'double'
  const type = (value as { _bsontype?: string })._bsontype
  return ({ Long: 'long', Int32: 'int', Double: 'double', Decimal128: 'decimal' } as const)[type as 'Long'] ?? 'long'
}

export const isInt = (value: number): boolean => (value | 0) === value && !Object.is(value, -0)

/** A number for comparing and reckoning; beyond what a double holds exactly it is a bigint. */
export function numeric(value: unknown): number | bigint {
  if (typeof value === 'number') return value
  if (typeof value === 'bigint') return toPlain(value)
  if (value instanceof BSON.Long) return toPlain(value.toBigInt())
  return Number(String(value))
}

const toPlain = (value: bigint) => (Number.isSafeInteger(Number(value)) ? Number(value) : value)

/** Below zero where `a` sorts before `b`, zero where they are equal, as MongoDB's simple collation has it. */
export function compare(a: unknown, b: unknown): number {
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b)
  const kind = kindOf(a)
  const other = kindOf(b)
  if (kind !== other) return (RANKS.get(kind) ?? 0) - (RANKS.get(other) ?? 0)
  switch (kind) {
    case 'number':
      return compareNumbers(numeric(a), numeric(b))
    case 'string':
      return compareText(String(a), String(b))
    case 'object':
      return compareDocs(a as Doc, b as Doc)
    case 'array':
      return compareLists(a as unknown[], b as unknown[])
    case 'bool':
      return Number(a) - Number(b)
    case 'date':
      return (a as Date).getTime() - (b as Date).getTime()
    case 'timestamp':
      return compareNumbers((a as BSON.Timestamp).toBigInt(), (b as BSON.Timestamp).toBigInt())
    case 'objectId':
      return compareText(String(a), String(b))
    case 'binData':
      return compareBinary(a as BSON.Binary, b as BSON.Binary)
    case 'regex':
      return compareText(String(a), String(b))
    case 'null':
    case 'minKey':
    case 'maxKey':
      return 0
  }
}

/** Text sorts by its bytes in UTF-8, which is the order of code points and not that of JavaScript's units. */
function compareText(a: string, b: string): number {
  if (a === b) return 0
  const shorter = Math.min(a.length, b.length)
  for (let at = 0; at < shorter; at++) {
    const [one, two] = [a.charCodeAt(at), b.charCodeAt(at)]
    if (one === two) continue
    return one >= 0xd800 && two >= 0xd800 ? liftSurrogate(one) - liftSurrogate(two) : one - two
  }
  return a.length - b.length
}

/** Moves halves of a pair above the units from U+E000 on. */
const liftSurrogate = (unit: number) => (unit >= 0xe000 ? unit - 0x800 : unit + 0x2000)

function compareNumbers(a: number | bigint, b: number | bigint): number {
  if (a < b) return -1
  if (a > b) return 1
  return Number(Number.isNaN(b)) - Number(Number.isNaN(a))
}

function compareDocs(a: Doc, b: Doc): number {
  const [ours, theirs] = [Object.entries(a), Object.entries(b)]
  for (const [nth, [name, value]] of ours.entries()) {
    const other = theirs[nth]
    if (!other) return 1
    const order =
      (RANKS.get(kindOf(value)) ?? 0) - (RANKS.get(kindOf(other[1])) ?? 0) ||
      compareText(name, other[0]) ||
      compare(value, other[1])
    if (order !== 0) return order
  }
  return ours.length - theirs.length
}

function compareLists(a: readonly unknown[], b: readonly unknown[]): number {
  for (let nth = 0; nth < Math.min(a.length, b.length); nth++) {
    const order = compare(a[nth], b[nth])
    if (order !== 0) return order
  }
  return a.length - b.length
}

function compareBinary(a: BSON.Binary, b: BSON.Binary): number {
  return a.length() - b.length() || a.sub_type - b.sub_type || Buffer.compare(a.value(), b.value())
}

/** A text that is the same for two values exactly if they are equal. */
export function hashOf(value: unknown): string {
  if (typeof value === 'string') return `s${value.length}:${value}`
  const kind = kindOf(value)
  switch (kind) {
    case 'number':
      return `n${hashNumber(numeric(value))}`
    case 'object':
      return `{${Object.entries(value as Doc)
        .map(([name, each]) => hashOf(name) + hashOf(each))
        .join()}}`
    case 'array':
      return `[${(value as unknown[]).map(hashOf).join()}]`
    case 'date':
      return `d${(value as Date).getTime()}`
    case 'binData':
      return `b${(value as BSON.Binary).sub_type}:${(value as BSON.Binary).toString('hex')}`
    case 'string':
      return hashOf(String(value))
    default:
      return `${kind}(${kind === 'null' ? '' : String(value)})`
  }
}

const hashNumber = (value: number | bigint) => (value === 0 ? '0' : Number.isInteger(value) ? BigInt(value) : value)
