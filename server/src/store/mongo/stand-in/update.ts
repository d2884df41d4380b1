import { BSON } from 'mongodb'
import { Failure, notModelled } from './failure.ts'
import { compare, field, isDoc, isInt, kindOf, numeric, typeName, type Doc } from './values.ts'

/** Makes a document's next state, the same object where nothing changes. `inserting` counts `$setOnInsert` in. */
export type Update = (doc: Doc, inserting: 'inserting' | 'there') => Doc

type Change = (value: unknown, inserting: 'inserting' | 'there') => unknown

/** Reads an update once: operators, or a whole document in place of the old one. */
export function compileUpdate(update: unknown, multi: boolean): Update {
  if (Array.isArray(update)) throw notModelled('an update by pipeline')
  if (!isDoc(update)) throw new Failure('TypeMismatch', 'an update has to be an object')
  const operators = Object.keys(update)
  if (!operators[0]?.startsWith('$')) return compileReplacement(update, multi)

  const changes: { names: string[]; change: Change; operator: string }[] = []
  for (const [operator, fields] of Object.entries(update)) {
    if (!isDoc(fields)) {
      throw new Failure('FailedToParse', `Modifiers operate on fields but we found type ${kindOf(fields)} instead`)
    }
    for (const [path, argument] of Object.entries(fields)) {
      refuseOverlap(
        changes.map(({ names }) => names.join('.')),
        path,
      )
      changes.push({ names: namesOf(path), change: compileChange(operator, path, argument), operator })
    }
  }
  return (doc, inserting) => {
    let changed = doc
    for (const { names, change, operator } of changes) {
      if (operator === '$setOnInsert' && inserting === 'there') continue
      if (operator === '$unset' && !isAt(changed, names)) continue
      changed = changeAt(changed, names, (value) => change(value, inserting)) as Doc
    }
    requireSameId(doc, changed, inserting)
    return changed
  }
}

function compileReplacement(replacement: Doc, multi: boolean): Update {
  if (multi) throw new Failure('FailedToParse', 'multi update is not supported for replacement-style update')
  return (doc) => {
    const next =
      Object.hasOwn(replacement, '_id') || !Object.hasOwn(doc, '_id') ? replacement : withId(doc, replacement)
    requireSameId(doc, next, 'there')
    return compare(doc, next) === 0 ? doc : next
  }
}

const withId = (doc: Doc, replacement: Doc): Doc => ({ _id: doc._id, ...replacement })

function requireSameId(before: Doc, after: Doc, inserting: 'inserting' | 'there'): void {
  if (inserting === 'inserting' && !Object.hasOwn(before, '_id')) return
  if (Object.hasOwn(before, '_id') && compare(before._id, after._id) !== 0) {
    throw new Failure('ImmutableField', `Performing an update on the path '_id' would modify the immutable field '_id'`)
  }
}

function refuseOverlap(paths: readonly string[], path: string): void {
  const clash = paths.find((other) => other === path || other.startsWith(`${path}.`) || path.startsWith(`${other}.`))
  if (clash === undefined) return
  const message = `Updating the path '${path}' would create a conflict at '${clash}'`
  throw new Failure('ConflictingUpdateOperators', message)
}

function namesOf(path: string): string[] {
  const names = path.split('.')
  if (names.includes('')) throw new Failure('BadValue', `The update path '${path}' contains an empty field name`)
  if (names.some((name) => name.startsWith('$'))) throw notModelled(`the update path ${path}`)
  return names
}

/** Stands for a field that is taken away. */
const REMOVED = Symbol('removed')

function compileChange(operator: string, path: string, argument: unknown): Change {
  switch (operator) {
    case '$set':
    case '$setOnInsert':
      return () => argument
    case '$unset':
      return () => REMOVED
    case '$inc':
      if (kindOf(argument) !== 'number')
        throw new Failure('TypeMismatch', `Cannot increment with non-numeric argument: {${path}: ${String(argument)}}`)
      return (value) => add(path, value, argument)
    case '$max':
      return (value) => (value === undefined || compare(argument, value) > 0 ? argument : value)
    case '$min':
      return (value) => (value === undefined || compare(argument, value) < 0 ? argument : value)
    case '$push':
    case '$pull':
    case '$pullAll':
    case '$pop':
    case '$addToSet':
    case '$mul':
    case '$rename':
    case '$currentDate':
    case '$bit':
      throw notModelled(`the update ${operator}`)
    default:
      throw new Failure('FailedToParse', `Unknown modifier: ${operator}`)
  }
}

/** Adds as the server does: whole numbers of 32 bits grow to 64, and a double makes a double. */
function add(path: string, value: unknown, by: unknown): unknown {
  if (value === undefined) return by
  if (kindOf(value) !== 'number') {
    const message = `Cannot apply $inc to a value of non-numeric type. {${path}} has the field of type ${typeName(value)}`
    throw new Failure('TypeMismatch', message)
  }
  const types = [typeName(value), typeName(by)]
  if (types.includes('decimal')) throw notModelled('$inc of a decimal')
  if (types.includes('double')) return Number(numeric(value)) + Number(numeric(by))
  const sum = BigInt(numeric(value)) + BigInt(numeric(by))
  if (!types.includes('long') && isInt(Number(sum))) return Number(sum)
  if (BigInt.asIntN(64, sum) !== sum) throw new Failure('BadValue', 'Failed to apply $inc operations: overflow')
  return BSON.Long.fromBigInt(sum)
}

const isAt = (doc: unknown, names: readonly string[]): boolean => {
  let value = doc
  for (const name of names) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return false
    value = (value as Doc)[name]
  }
  return true
}

/** A copy with one value changed along a path; what is missing on the way is made. */
function changeAt(holder: unknown, names: readonly string[], change: (value: unknown) => unknown): unknown {
  const [name, ...rest] = names
  if (name === undefined) return change(holder)
  if (Array.isArray(holder)) return changeElement(holder, name, rest, change)
  if (!isDoc(holder)) {
    const message = `Cannot create field '${name}' in element {${String(holder)}}`
    throw new Failure('PathNotViable', message)
  }
  const before = field(holder, name)
  const after = before === undefined && rest.length > 0 ? changeAt({}, rest, change) : changeAt(before, rest, change)
  if (after === REMOVED) return Object.fromEntries(Object.entries(holder).filter(([other]) => other !== name))
  return isSame(before, after) ? holder : { ...holder, [name]: after }
}

function changeElement(
  list: readonly unknown[],
  name: string,
  rest: readonly string[],
  change: (value: unknown) => unknown,
): unknown {
  const at = /^\d+$/.test(name) ? Number(name) : NaN
  if (!(at <= list.length)) throw new Failure('PathNotViable', `Cannot create field '${name}' in an array`)
  const after = changeAt(list[at], rest, change)
  if (isSame(list[at], after)) return list
  const copy = [...list]
  copy[at] = after === REMOVED ? null : after
  return copy
}

const isSame = (before: unknown, after: unknown) =>
  before === after || (before !== undefined && typeName(before) === typeName(after) && compare(before, after) === 0)
