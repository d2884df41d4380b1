import { TERMS_VERSION, UUID, type Method } from '@connectly/protocol'
import { between, oneOf, type Random } from '../crash/random.ts'

/*
 * Legal inputs out of the shapes themselves, so that a method is fuzzed from the day it is declared. What must exist (a
 * room, a person, a step-up) is written as the name of a thing, `«room»`, and put in when it is sent.
 */

export type Json = null | boolean | number | string | Json[] | { [field: string]: Json }

/** The part of Zod's own description of a shape that is walked. */
export type Shape = {
  _zod: {
    def: {
      type: string
      shape?: Record<string, Shape>
      innerType?: Shape
      in?: Shape
      element?: Shape
      keyType?: Shape
      valueType?: Shape
      options?: readonly Shape[]
      items?: readonly Shape[]
      values?: readonly Json[]
      entries?: Record<string, Json>
    }
  }
}

/** Things of the world by the field that names them; the first fits best. */
const thingsByField: readonly (readonly [RegExp, readonly string[]])[] = [
  [/localId/i, ['new']],
  [/room/i, ['room', 'room', 'room', 'room', 'room', 'room', 'direct', 'foreignRoom']],
  [/message|around|reply/i, ['message', 'message', 'message', 'othersMessage', 'foreignMessage']],
  [/request/i, ['received', 'sent']],
  [/session/i, ['session']],
  [/user|heir|toId|who|after|person/i, ['friend', 'member', 'me', 'stranger', 'newcomer']],
]

const texts = [
  'hello',
  'hello @all',
  'a',
  '',
  'somebody',
  'fuzz.er-1',
  '🙂 naïve Ⅷ שלום',
  'a long walk by the sea',
  'friend@example.org',
  'https://elsewhere.example/page',
  '123456',
  '000000',
  'ABCDE-FGHJK',
  'abcde-fghij-klmno',
  'totp',
  'password',
  '2026-01-31',
  'Europe/Prague',
  'en',
  'A'.repeat(22),
  'A'.repeat(43),
  'a'.repeat(64),
  `${'A'.repeat(20)}.${'B'.repeat(40)}.${'C'.repeat(43)}`,
]
const numbers = [0, 1, 2, 3, 7, 24, 50, 100, 1000, 86_400_000, 1_700_000_000_000, 4_000_000_000_000]

const fitting = new WeakMap<Shape, readonly Json[]>()

/** Which of these a shape takes; asked once. */
function fits(shape: Shape, candidates: readonly Json[]): readonly Json[] {
  const known = fitting.get(shape)
  if (known) return known
  const found = candidates.filter((each) => takes(shape, each))
  fitting.set(shape, found)
  return found
}

export const takes = (shape: Shape, value: Json): boolean =>
  (shape as unknown as Method['input']).safeParse(value).success

const ID = '01999999-9999-7999-8999-999999999999'

/** A value that the shape takes; of what the shape says by code alone, by trying some. */
export function legalInput(shape: Shape, random: Random): Json {
  let value = legal(shape, random)
  for (let tries = 0; tries < TRIES && !takes(shape, withIds(value)); tries++) value = legal(shape, random)
  return value
}

const TRIES = 12

/** The same with an id in the place of every thing. */
export const withIds = (value: Json): Json => JSON.parse(JSON.stringify(value).replaceAll(/«\w+»/g, ID)) as Json

/** A value that fits a shape as far as one sees from outside. `name` is the field it stands in. */
export function legal(shape: Shape, random: Random, name = ''): Json {
  const { def } = shape._zod
  switch (def.type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(def.shape ?? {}).flatMap(([field, inner]) =>
          isOptional(inner) && random() < 0.5 ? [] : [[field, legal(inner, random, field)]],
        ),
      )
    case 'optional':
    case 'default':
    case 'prefault':
    case 'readonly':
    case 'nonoptional':
      return legal(inside(shape), random, name)
    case 'nullable':
      return random() < 0.3 ? null : legal(inside(shape), random, name)
    case 'array': {
      const length = oneOf(random, fits(shape, [[]]).length > 0 ? [0, 1, 2] : [1, 2])
      return Array.from({ length }, () => legal(inside(shape), random, name))
    }
    case 'tuple':
      return (def.items ?? []).map((item) => legal(item, random, name))
    case 'record': {
      const { keyType, valueType } = def
      if (!keyType || !valueType) return {}
      const keys = Array.from({ length: between(random, 0, 2) }, () => {
        const key = legal(keyType, random, name)
        return typeof key === 'string' ? key : ''
      })
      return Object.fromEntries(keys.map((key) => [key, legal(valueType, random, name)]))
    }
    case 'union':
      return legal(oneOf(random, def.options ?? []), random, name)
    case 'literal':
      return oneOf(random, def.values ?? [null])
    case 'enum':
      return oneOf(random, Object.values(def.entries ?? {}))
    case 'boolean':
      return random() < 0.5
    case 'null':
      return null
    case 'unknown':
    case 'any':
      return oneOf<Json>(random, ['x', 1, {}, [], null])
    case 'pipe':
      return isLeaf(def.in) ? leaf(shape, random, name) : legal(def.in ?? shape, random, name)
    default:
      return leaf(shape, random, name)
  }
}

function leaf(shape: Shape, random: Random, name: string): Json {
  if (/stepUp/i.test(name)) return '«stepUp»'
  if (name === 'terms') return TERMS_VERSION
  if (name === 'username' && random() < 0.7) return `u${newUuid(random).slice(0, 8)}`
  if (takes(shape, ID)) return anId(shape, random, name)
  if (takes(shape, `room:${ID}`)) return oneOf(random, ['room:«room»', 'user:«me»', 'room:«foreignRoom»'])
  const found = fits(shape, [...texts, ...numbers])
  return found.length > 0 ? oneOf(random, found) : 'nothing fits'
}

/** An id by what the field is called; where any text will do, one that is no id as often. */
function anId(shape: Shape, random: Random, name: string): Json {
  const isIdOnly = !takes(shape, 'hello') && !takes(shape, '123456')
  if (!isIdOnly && random() < 0.8) return oneOf(random, fits(shape, [...texts, ...numbers]))
  const things = thingsByField.find(([field]) => field.test(name))?.[1] ?? ['me', 'room', 'message', 'new']
  const thing = oneOf(random, things)
  return thing === 'new' ? newUuid(random) : `«${thing}»`
}

/** A UUID that follows from the numbers. */
export function newUuid(random: Random): string {
  const hex = Array.from({ length: 32 }, () => between(random, 0, 15).toString(16)).join('')
  const id = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`
  if (!UUID.test(id)) throw new Error(`${id} is no id`)
  return id
}

function inside({ _zod: { def } }: Shape): Shape {
  const found = def.innerType ?? def.element ?? def.in
  if (!found) throw new Error(`a shape of type ${def.type} has nothing inside`)
  return found
}

const isOptional = ({ _zod: { def } }: Shape): boolean => def.type === 'optional' || def.type === 'default'

const isLeaf = (shape: Shape | undefined): boolean => {
  const type = shape?._zod.def.type ?? 'string'
  return type === 'pipe' ? isLeaf(shape?._zod.def.in) : ['string', 'number', 'int', 'transform'].includes(type)
}

/** Every place in a shape where a text may stand, by its path; `*` for whatever key or place. */
export function textsIn(shape: Shape, path: readonly string[] = []): string[][] {
  const { def } = shape._zod
  if (def.type === 'string' || (def.type === 'pipe' && isLeaf(def.in) && !takes(shape, 1))) return [[...path]]
  return [
    ...Object.entries(def.shape ?? {}).flatMap(([field, inner]) => textsIn(inner, [...path, field])),
    ...[def.innerType, def.in].flatMap((inner) => (inner ? textsIn(inner, path) : [])),
    ...[def.element, def.valueType].flatMap((inner) => (inner ? textsIn(inner, [...path, '*']) : [])),
    ...[...(def.options ?? []), ...(def.items ?? [])].flatMap((inner) => textsIn(inner, path)),
  ]
}
