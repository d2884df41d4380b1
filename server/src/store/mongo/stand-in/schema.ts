import { Failure, notModelled } from './failure.ts'
import { compileType, type Test } from './types.ts'
import { compare, field, isDoc, kindOf, numeric, type Doc } from './values.ts'

/** Reads a `$jsonSchema` once; a word that the server would not know, or that is not modelled, throws. */
export function compileSchema(schema: Doc): Test {
  const tests = Object.entries(schema).map(([word, argument]) => compileWord(word, argument, schema))
  return (value) => tests.every((test) => test(value))
}

function compileWord(word: string, argument: unknown, schema: Doc): Test {
  switch (word) {
    case 'bsonType':
      return compileType(argument)
    case 'required':
      return compileRequired(argument)
    case 'properties':
      return compileProperties(argument)
    case 'additionalProperties':
      return compileAdditional(argument, schema)
    case 'enum': {
      if (!Array.isArray(argument)) throw new Failure('TypeMismatch', '$jsonSchema keyword enum must be an array')
      return (value) => argument.some((each) => compare(each, value) === 0)
    }
    case 'minimum':
      return ifKind('number', (value) => numeric(value) >= numeric(argument))
    case 'maximum':
      return ifKind('number', (value) => numeric(value) <= numeric(argument))
    case 'minLength':
      return ifKind('string', (value) => lengthOf(String(value)) >= Number(argument))
    case 'maxLength':
      return ifKind('string', (value) => lengthOf(String(value)) <= Number(argument))
    case 'pattern': {
      const pattern = new RegExp(String(argument), 'u')
      return ifKind('string', (value) => pattern.test(String(value)))
    }
    case 'items': {
      const test = compileSchema(asSchema(word, argument))
      return ifKind('array', (value) => (value as unknown[]).every(test))
    }
    case 'anyOf':
    case 'allOf':
    case 'oneOf':
      return compileChoice(word, argument)
    case 'not': {
      const test = compileSchema(asSchema(word, argument))
      return (value) => !test(value)
    }
    case 'title':
    case 'description':
      return () => true
    default:
      throw notModelled(`the $jsonSchema keyword ${word}`)
  }
}

/** In code points. */
const lengthOf = (text: string) => Array.from(text).length

function compileRequired(argument: unknown): Test {
  if (!Array.isArray(argument) || argument.length === 0)
    throw new Failure('FailedToParse', '$jsonSchema keyword required cannot be an empty array')
  return ifKind('object', (value) => argument.every((name) => Object.hasOwn(value as Doc, String(name))))
}

function compileProperties(argument: unknown): Test {
  const tests = Object.entries(asSchema('properties', argument)).map(
    ([name, schema]) => [name, compileSchema(asSchema(name, schema))] as const,
  )
  return ifKind('object', (value) =>
    tests.every(([name, test]) => !Object.hasOwn(value as Doc, name) || test(field(value as Doc, name))),
  )
}

function compileAdditional(argument: unknown, schema: Doc): Test {
  const known = new Set(Object.keys(isDoc(schema.properties) ? schema.properties : {}))
  const test: Test = isDoc(argument) ? compileSchema(argument) : () => argument !== false
  return ifKind('object', (value) =>
    Object.entries(value as Doc).every(([name, each]) => known.has(name) || test(each)),
  )
}

function compileChoice(word: 'anyOf' | 'allOf' | 'oneOf', argument: unknown): Test {
  if (!Array.isArray(argument) || argument.length === 0)
    throw new Failure('FailedToParse', `$jsonSchema keyword ${word} must be a non-empty array`)
  const tests = argument.map((each) => compileSchema(asSchema(word, each)))
  if (word === 'anyOf') return (value) => tests.some((test) => test(value))
  if (word === 'allOf') return (value) => tests.every((test) => test(value))
  return (value) => tests.filter((test) => test(value)).length === 1
}

/** A word about one kind of values lets every other kind pass. */
const ifKind =
  (kind: ReturnType<typeof kindOf>, test: Test): Test =>
  (value) =>
    value === undefined || kindOf(value) !== kind || test(value)

function asSchema(word: string, argument: unknown): Doc {
  if (!isDoc(argument)) throw new Failure('TypeMismatch', `$jsonSchema keyword ${word} must be an object`)
  return argument
}
