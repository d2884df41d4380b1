import { Failure } from './failure.ts'
import { typeName } from './values.ts'

/** Says whether a document, or a value, fits. */
export type Test = (value: unknown) => boolean

const TYPE_NUMBERS: Readonly<Record<string, string>> = {
  1: 'double',
  2: 'string',
  3: 'object',
  4: 'array',
  5: 'binData',
  7: 'objectId',
  8: 'bool',
  9: 'date',
  10: 'null',
  11: 'regex',
  16: 'int',
  17: 'timestamp',
  18: 'long',
  19: 'decimal',
}
const TYPE_NAMES = new Set([...Object.values(TYPE_NUMBERS), 'number', 'minKey', 'maxKey'])
const NUMBER_TYPES: readonly unknown[] = ['int', 'long', 'double', 'decimal']

/** Whether a value is of one of the types that `$type` or `bsonType` names. */
export function compileType(argument: unknown): Test {
  const named = (Array.isArray(argument) ? argument : [argument]).map((each) => {
    const name = typeof each === 'number' ? TYPE_NUMBERS[each] : each
    if (typeof name !== 'string' || !TYPE_NAMES.has(name)) {
      throw new Failure('BadValue', `Unknown type name alias: ${String(each)}`)
    }
    return name
  })
  return (value) => {
    const type = typeName(value)
    return named.some((name) => name === type || (name === 'number' && NUMBER_TYPES.includes(type)))
  }
}
