import { between, oneOf, type Random } from '../crash/random.ts'
import type { Json } from './shapes.ts'

/* What somebody sends who means no good, or whose program is broken. */

/** Objects as they reach into queries of databases, prototypes and templates. */
export const operators: readonly Json[] = [
  { $gt: '' },
  { $ne: null },
  { $regex: '.*' },
  { $where: 'sleep(1000)' },
  { $in: ['a'] },
  { toString: 'x', valueOf: 1 },
  { length: 1e9 },
  { then: 'x' },
  { toJSON: null },
]

const deep = (depth: number): Json => {
  let value: Json = 1
  for (let n = 0; n < depth; n++) value = n % 2 === 0 ? [value] : { a: value }
  return value
}

const nasty: readonly Json[] = [
  null,
  true,
  false,
  [],
  {},
  [[]],
  '',
  ' ',
  0,
  -1,
  1.5,
  -0,
  1e308,
  2 ** 53,
  -(2 ** 63),
  1e21,
  '0',
  '-1',
  'null',
  'NaN',
  '\u0000',
  'a\u0000b',
  '\ud800',
  '\udfff\ud800',
  '\u202e\u2066\ufeff',
  '\u0000'.repeat(50),
  'é'.repeat(3000),
  '😀'.repeat(2000),
  'x'.repeat(9000),
  '%00%0a',
  "' OR 1=1; --",
  '"; drop table users; --',
  '${7*7}{{7*7}}<%=7%>',
  '<script>1</script>',
  '../../../../x',
  '\r\nX-Injected: 1',
  'room:',
  'user:undefined',
  '__proto__',
  'constructor',
  '00000000-0000-0000-0000-000000000000',
  '01999999-9999-7999-8999-99999999999Z',
  Array.from({ length: 1200 }, (_, n) => n),
  Object.fromEntries(Array.from({ length: 400 }, (_, n) => [`k${n}`, n])),
  deep(20),
  deep(60),
  deep(2000),
  ...operators,
]

/** A copy: what is spoilt next must not change the list. */
const aNasty = (random: Random): Json => structuredClone(oneOf(random, nasty))

/** A value with something wrong in it, in up to three places. */
export function spoilt(value: Json, random: Random): Json {
  let result = structuredClone(value)
  for (let times = between(random, 1, 3); times > 0; times--) result = spoiltOnce(result, random)
  return result
}

function spoiltOnce(root: Json, random: Random): Json {
  const holders = holdersIn(root)
  if (holders.length === 0 || random() < 0.05) return aNasty(random)
  const holder = oneOf(random, holders)
  const keys = Object.keys(holder)
  const key = oneOf(random, keys)
  const at = holder as Record<string, Json>
  switch (between(random, 0, 6)) {
    case 0:
      if (Array.isArray(holder)) holder.splice(Number(key), 1)
      else delete holder[key]
      return root
    case 1:
      at[key] = [at[key] ?? null]
      return root
    case 2:
      at[key] = { [key]: at[key] ?? null }
      return root
    case 3:
      Object.defineProperty(
        at,
        oneOf(random, ['__proto__', 'constructor', 'prototype', '', 'x'.repeat(500), '$where']),
        {
          value: aNasty(random),
          enumerable: true,
          configurable: true,
          writable: true,
        },
      )
      return root
    case 4: {
      const other = oneOf(random, keys)
      ;[at[key], at[other]] = [at[other] ?? null, at[key] ?? null]
      return root
    }
    default:
      at[key] = aNasty(random)
      return root
  }
}

type Holder = Json[] | { [field: string]: Json }

/** Everything in a value that has something in it, a list or an object. */
function holdersIn(value: Json, depth = 0): Holder[] {
  if (typeof value !== 'object' || value === null || depth > 8) return []
  const inner = Object.values(value).flatMap((each) => holdersIn(each, depth + 1))
  return Object.keys(value).length > 0 ? [value, ...inner] : inner
}

/** A text with something wrong in its letters. */
export function garbled(text: string, random: Random): string {
  const at = between(random, 0, text.length)
  const to = Math.min(text.length, at + between(random, 1, 40))
  switch (between(random, 0, 8)) {
    case 0:
      return text.slice(0, at)
    case 1:
      return (
        text.slice(0, at) +
        oneOf(random, ['"', '{', '}', '[', ']', ',', ':', '\\', '\u0000', '\u001e', '\ufeff', '\ud800']) +
        text.slice(at)
      )
    case 2:
      return text.slice(0, at) + text.slice(at, to).repeat(between(random, 2, 60)) + text.slice(to)
    case 3:
      return text.slice(0, at) + text.slice(to)
    case 4:
      return text.replace(/"(\w+)":/, (field) => `${field}null,${field}`)
    case 5:
      return text.replace(/\d+|true|null/, () =>
        oneOf(random, ['1e999', '-', '0x10', '01', 'NaN', 'undefined', '1'.repeat(400)]),
      )
    case 6:
      return oneOf(random, ['[', '{"a":', '"\\']).repeat(between(random, 1, 3000)) + text
    case 7:
      return text.slice(0, at) + String.fromCharCode(between(random, 0, 0xffff)) + text.slice(at + 1)
    default:
      return `${text}${oneOf(random, [text, ' ', '}', '\n\n', '\u0000'])}`
  }
}
