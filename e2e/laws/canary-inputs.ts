import type { Method } from '@connectly/protocol'
import { newId } from '@connectly/server/test-kit'

/* Inputs of any method with canaries in every field that takes words: made from its shape, so that a new one is covered. */

/** In every canary. */
export const CANARY = 'canary7f3a'
/** What nobody but who said it, and nothing that is kept, may ever show again. */
export const SECRET = `${CANARY}SecretOfSomebody`
export const CODE = '704915'
/** What is kept and shown to others, and has no business in a log. */
const WORDS = `${CANARY} word`

/** Fields whose words are kept or shown. Every other is taken for a secret, so a new one has to be named here on purpose. */
const keptWords = ['name', 'about', 'text', 'username', 'email', 'note', 'reason', 'terms', 'timeZone', 'language']
const keptNames = ['subject', 'provider', 'epoch']
const kept = new Set([...keptWords, ...keptNames])

type Schema = {
  safeParse(value: unknown): { success: boolean }
  _zod: {
    def: {
      type: string
      shape?: Record<string, Schema>
      innerType?: Schema
      in?: Schema
      element?: Schema
      keyType?: Schema
      valueType?: Schema
      options?: readonly Schema[]
      entries?: Record<string, string>
      values?: readonly unknown[]
    }
  }
}

/** What is really there, by the name of the field. */
export type Known = Record<string, unknown>

let count = 0

/**
 * Inputs that fit, as far as any can be made: with all fields, with none that may be left out, with each of those alone.
 * @returns none where nothing fits
 */
export function fittingInputs(method: Method, known: Known): object[] {
  const schema = method.input as unknown as Schema
  const shape = schema._zod.def.shape ?? {}
  const needed = Object.keys(shape).filter((name) => !isOptional(shape[name]))
  const optional = Object.keys(shape).filter((name) => !needed.includes(name))
  const choices = [Object.keys(shape), needed, ...optional.map((name) => [...needed, name])]
  return choices.map((names) => objectOf(shape, names, known)).filter((input) => schema.safeParse(input).success)
}

/** Inputs that do not: canaries instead of what belongs there, deeper than it belongs, and as names of fields. */
export function oddInputs(method: Method, fitting: object): object[] {
  const names = Object.keys((method.input as unknown as Schema)._zod.def.shape ?? {})
  const all = (value: unknown) => Object.fromEntries(names.map((name) => [name, value]))
  const words = Object.fromEntries(names.map((name) => [name, kept.has(name) ? `${CANARY}instead` : SECRET]))
  return [
    words,
    all([SECRET]),
    all({ [SECRET]: SECRET, text: SECRET, kind: SECRET }),
    { [SECRET]: SECRET },
    ...names.map((name) => ({ ...fitting, [name]: { [SECRET]: SECRET } })),
    ...names.map((name) => ({ ...fitting, [name]: SECRET.repeat(700) })),
  ]
}

const isOptional = (schema: Schema | undefined): boolean => schema?.safeParse(undefined).success ?? true

const objectOf = (shape: Record<string, Schema>, names: readonly string[], known: Known): object =>
  Object.fromEntries(names.map((name) => [name, known[name] ?? valueOf(shape[name] as Schema, name, known)]))

/** @param whole what the value has to fit in the end: a shape may be wrapped in others that want more of it */
function valueOf(schema: Schema, name: string, known: Known, whole = schema): unknown {
  const { def } = schema._zod
  const inside = def.innerType ?? def.in
  if (inside) return valueOf(inside, name, known, whole)
  const one = name.replace(/s$/, '')
  switch (def.type) {
    case 'object': {
      const shape = def.shape ?? {}
      const all = objectOf(shape, Object.keys(shape), known)
      const needed = Object.keys(shape).filter((field) => !isOptional(shape[field]))
      return whole.safeParse(all).success ? all : objectOf(shape, needed, known)
    }
    case 'union':
      return valueOf(def.options?.[0] as Schema, name, known)
    case 'array':
      return [known[one] ?? valueOf(def.element as Schema, one, known)]
    case 'record':
      return { [String(valueOf(def.keyType as Schema, 'place', known))]: valueOf(def.valueType as Schema, name, known) }
    case 'literal':
      return def.values?.[0]
    case 'enum':
      return Object.values(def.entries ?? {})[0]
    case 'boolean':
      return true
    case 'number':
      return [1, 10, Date.now() + 60_000].find((each) => whole.safeParse(each).success)
    case 'string':
      return wordsFor(whole, name, known)
    default:
      return SECRET
  }
}

function wordsFor(whole: Schema, name: string, known: Known): string {
  const nth = ++count
  const ids = [known[name], newId(), `room:${newId()}`]
  const words = [WORDS, `u${nth}.${CANARY}`, `u${nth}.${CANARY}@example.org`, CANARY, `${CANARY}/Zone`, 'en-canary']
  const candidates = kept.has(name) ? words : [SECRET, CODE, ...ids]
  const found = candidates.find((each) => typeof each === 'string' && whole.safeParse(each).success)
  return (found as string | undefined) ?? SECRET
}
