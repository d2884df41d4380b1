import { readdirSync } from 'node:fs'
import path from 'node:path'
import * as protocol from '../../protocol/src/index.ts'
import { commentOn } from './comments.ts'
import { code } from './markdown.ts'
import { root } from './root.ts'

/** What is read of a Zod shape; its own types hide it. */
type Def = {
  type: string
  checks?: { _zod: { def: Check } }[]
  innerType?: Shape
  element?: Shape
  in?: Shape
  out?: Shape
  options?: Shape[]
  shape?: Record<string, Shape>
  values?: unknown[]
  entries?: Record<string, string>
  keyType?: Shape
  valueType?: Shape
}
type Check = { check: string; minimum?: number; maximum?: number; value?: number; pattern?: RegExp }
export type Shape = { _zod: { def: Def } }

/** Shapes that the protocol exports, by their names: a shape that is one of them is called by it. */
const named = new Map<unknown, string>(
  Object.entries(protocol)
    .filter(([, value]) => isShape(value))
    .map(([name, value]) => [value, name]),
)

/** A shape's fields as rows: name, type, whether it may be left out. What has a name, or is no object, is one row without. */
export function fieldsOf(shape: Shape, open = false): { name: string; type: string; optional: boolean }[] {
  const { def } = shape._zod
  if (def.type !== 'object' || (named.has(shape) && !open)) return [{ name: '', type: typeOf(shape), optional: false }]
  return Object.entries(def.shape ?? {}).map(([name, field]) => ({
    name,
    type: typeOf(field),
    optional: field._zod.def.type === 'optional',
  }))
}

/** A shape in words; named ones link to where they are described. */
function typeOf(shape: Shape): string {
  const name = named.get(shape)
  return name ? `[${name}](#shape-${name.toLowerCase()})` : anonymous(shape)
}

/** Every exported shape that something on the wire is made of, with its own description. */
export function namedShapes(): { name: string; means: string; shape: Shape }[] {
  const files = readdirSync(path.join(root, 'protocol/src')).map((file) => `protocol/src/${file}`)
  return [...named].map(([shape, name]) => ({
    name,
    means: files.map((file) => commentOn(file, name)).find(Boolean) ?? '',
    shape: shape as Shape,
  }))
}

/** What a shape is made of, whether it has a name or not. */
export function anonymous(shape: Shape): string {
  const { def } = shape._zod
  switch (def.type) {
    case 'string':
      return rules('text', def)
    case 'number':
    case 'int':
      return rules('integer', def)
    case 'boolean':
      return 'true or false'
    case 'literal':
      return (def.values ?? []).map((value) => code(JSON.stringify(value))).join(' or ')
    case 'enum':
      return Object.keys(def.entries ?? {})
        .map((value) => code(`"${value}"`))
        .join(' or ')
    case 'nullable':
      return `${typeOf(inner(def))} or null`
    case 'optional':
      return typeOf(inner(def))
    case 'array':
      return `${rules('list', def)} of ${typeOf(def.element as Shape)}`
    case 'record':
      return `object of ${typeOf(def.valueType as Shape)} by ${typeOf(def.keyType as Shape)}`
    case 'union':
      return (def.options ?? []).map(typeOf).join(' or ')
    case 'object':
      return Object.keys(def.shape ?? {}).length === 0 ? '`{}`' : `{ ${fieldsInLine(def)} }`
    case 'pipe':
      return anonymous(def.out as Shape)
    case 'unknown':
      return 'anything'
    default:
      throw new Error(`scripts/docs/shapes.ts has no words for a shape of type ${def.type}`)
  }
}

function fieldsInLine(def: Def): string {
  return Object.entries(def.shape ?? {})
    .map(([name, field]) => `${name}: ${typeOf(field)}`)
    .join(', ')
}

function rules(kind: string, def: Def): string {
  const said = (def.checks ?? []).map(({ _zod }) => ruleOf(kind, _zod.def)).filter(Boolean)
  return [kind, ...said].join(', ')
}

function ruleOf(kind: string, { check, minimum, maximum, value, pattern }: Check): string {
  const unit = kind === 'list' ? 'entries' : 'characters'
  switch (check) {
    case 'min_length':
      return `at least ${minimum} ${minimum === 1 ? unit.replace(/ies$/, 'y').replace(/s$/, '') : unit}`
    case 'max_length':
      return `at most ${maximum} ${unit}`
    case 'greater_than':
      return `${value} or more`
    case 'less_than':
      return `${value} or less`
    case 'string_format':
      return pattern ? `fits ${code(pattern.source)}` : ''
    default:
      return ''
  }
}

const inner = (def: Def): Shape => def.innerType as Shape

function isShape(value: unknown): boolean {
  return typeof value === 'object' && value !== null && '_zod' in value
}
