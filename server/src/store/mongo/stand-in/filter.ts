import { Failure, notModelled } from './failure.ts'
import { compileSchema } from './schema.ts'
import { compileType, type Test } from './types.ts'
import { compare, field, isDoc, kindOf, type Doc } from './values.ts'

/** Reads a filter once; throws what the server throws for one that it cannot read. */
export function compileFilter(filter: Doc): Test {
  const tests = Object.entries(filter).map(([name, condition]) => {
    if (!name.startsWith('$')) return compileField(name, condition)
    return compileLogic(name, condition)
  })
  if (tests.length === 1 && tests[0]) return tests[0]
  return (doc) => tests.every((test) => test(doc))
}

function compileLogic(operator: string, argument: unknown): Test {
  switch (operator) {
    case '$and':
    case '$or':
    case '$nor': {
      if (!Array.isArray(argument) || argument.length === 0)
        throw new Failure('BadValue', `${operator} argument must be a non-empty array`)
      if (!argument.every(isDoc)) throw new Failure('BadValue', `${operator} entries need to be full objects`)
      const tests = argument.map(compileFilter)
      if (operator === '$and') return (doc) => tests.every((test) => test(doc))
      if (operator === '$or') return (doc) => tests.some((test) => test(doc))
      return (doc) => !tests.some((test) => test(doc))
    }
    case '$jsonSchema':
      if (!isDoc(argument)) throw new Failure('TypeMismatch', '$jsonSchema must be an object')
      return compileSchema(argument)
    case '$comment':
      return () => true
    case '$expr':
    case '$where':
    case '$text':
    case '$sampleRate':
      throw notModelled(`the filter ${operator}`)
    default:
      throw new Failure('BadValue', `unknown top level operator: ${operator}`)
  }
}

function compileField(path: string, condition: unknown): Test {
  const names = path.split('.')
  if (!isOperators(condition)) return atPath(names, compileEqual(condition))
  const tests = Object.entries(condition).flatMap(([operator, argument]) => {
    if (operator === '$options') {
      if (!('$regex' in condition)) throw new Failure('BadValue', '$options needs a $regex')
      return []
    }
    return [compileOperator(names, operator, argument, condition)]
  })
  return (doc) => tests.every((test) => test(doc))
}

const isOperators = (condition: unknown): condition is Doc =>
  isDoc(condition) && Object.keys(condition)[0]?.startsWith('$') === true

function compileOperator(names: string[], operator: string, argument: unknown, whole: Doc): Test {
  switch (operator) {
    case '$eq':
      return atPath(names, compileEqual(argument))
    case '$ne':
      return not(atPath(names, compileEqual(argument)))
    case '$in':
      return atPath(names, compileIn(operator, argument))
    case '$nin':
      return not(atPath(names, compileIn(operator, argument)))
    case '$gt':
    case '$gte':
    case '$lt':
    case '$lte':
      return atPath(names, compileOrder(operator, argument))
    case '$exists': {
      const isThere = atPath(names, (value) => value !== undefined)
      return argument === false || argument === 0 || argument === null ? not(isThere) : isThere
    }
    case '$type':
      return atPath(names, compileType(argument))
    case '$not': {
      if (!isOperators(argument)) throw new Failure('BadValue', '$not needs a document of operators')
      return not(compileField(names.join('.'), argument))
    }
    case '$regex': {
      const options = whole.$options ?? ''
      if (typeof options !== 'string') throw new Failure('BadValue', '$options has to be a string')
      return atPath(names, compileRegex(argument, options))
    }
    case '$all':
    case '$elemMatch':
    case '$size':
    case '$mod':
    case '$expr':
      throw notModelled(`the filter ${operator}`)
    default:
      throw new Failure('BadValue', `unknown operator: ${operator}`)
  }
}

const not =
  (test: Test): Test =>
  (value) =>
    !test(value)

/** Tries what lies at a path: the value, each element where it is a list, and through lists of documents on the way. */
function atPath(names: readonly string[], test: Test): Test {
  const [only] = names
  if (names.length === 1 && only !== undefined) {
    return (doc) => {
      const value = field(doc as Doc, only)
      return test(value) || (Array.isArray(value) && value.some(test))
    }
  }
  const walk = (value: unknown, depth: number): boolean => {
    const name = names[depth]
    if (name === undefined) return test(value) || (Array.isArray(value) && value.some(test))
    if (!Array.isArray(value)) return walk(isDoc(value) ? field(value, name) : undefined, depth + 1)
    const inside = value.filter(isDoc).some((each) => walk(field(each, name), depth + 1))
    return inside || (/^\d+$/.test(name) && Number(name) < value.length && walk(value[Number(name)], depth + 1))
  }
  return (doc) => walk(doc, 0)
}

function compileEqual(wanted: unknown): Test {
  const kind = kindOf(wanted)
  if (kind === 'regex') return compileRegex(wanted, '')
  if (kind === 'null') return (value) => value === undefined || value === null
  if (typeof wanted === 'string') return (value) => value === wanted
  return (value) => value !== undefined && compare(value, wanted) === 0
}

function compileIn(operator: string, argument: unknown): Test {
  if (!Array.isArray(argument)) throw new Failure('BadValue', `${operator} needs an array`)
  if (argument.some(isOperators)) throw new Failure('BadValue', `cannot nest $ under ${operator}`)
  if (argument.every((each) => typeof each === 'string')) {
    const wanted: ReadonlySet<unknown> = new Set(argument)
    return (value) => wanted.has(value)
  }
  const tests = argument.map(compileEqual)
  return (value) => tests.some((test) => test(value))
}

/** Only values of the same kind compare with one another; null meets null and what is missing, where equality counts. */
function compileOrder(operator: '$gt' | '$gte' | '$lt' | '$lte', bound: unknown): Test {
  const kind = kindOf(bound)
  if (kind === 'regex') throw new Failure('BadValue', `Can't have RegEx as arg to predicate over field`)
  if (kind === 'array' || kind === 'minKey' || kind === 'maxKey') throw notModelled(`${operator} with a ${kind}`)
  const includes = operator.length === 4
  const sign = operator.startsWith('$g') ? 1 : -1
  if (kind === 'null') return (value) => includes && (value === undefined || value === null)
  return (value) => {
    if (kindOf(value) !== kind) return false
    const order = compare(value, bound) * sign
    if (order === 0) return includes
    return order > 0 && !Number.isNaN(value) && !Number.isNaN(bound)
  }
}

function compileRegex(argument: unknown, options: string): Test {
  const regex = toRegExp(argument, options)
  return (value) => typeof value === 'string' && regex.test(value)
}

function toRegExp(argument: unknown, options: string): RegExp {
  const given = argument as { pattern?: string; options?: string; source?: string; flags?: string }
  const source = typeof argument === 'string' ? argument : (given.pattern ?? given.source)
  const flags = options || (given.options ?? given.flags ?? '')
  if (source === undefined) throw new Failure('BadValue', '$regex has to be a string')
  if (/[^imsu]/.test(flags)) throw notModelled(`the option ${flags} of $regex`)
  return new RegExp(source, [...new Set(`${flags}u`)].join(''))
}

/** What a filter demands to be equal, for finding and not for judging: several demands where one of them is enough. */
export function demandsOf(filter: Doc): Map<string, readonly unknown[]>[] {
  const common = equalitiesOf(filter)
  if (!Array.isArray(filter.$or)) return [common]
  return (filter.$or as Doc[]).map((branch) => new Map([...common, ...equalitiesOf(branch)]))
}

function equalitiesOf(filter: Doc): Map<string, readonly unknown[]> {
  const wanted = conditionsOf(filter).flatMap(([path, condition]) => {
    const isList = isOperators(condition) && !('$eq' in condition) && Array.isArray(condition.$in)
    const values = isList ? (condition.$in as unknown[]) : exactly(condition)
    return values.length === 0 && !isList ? [] : [[path, values] as const]
  })
  return new Map(wanted.filter(([, values]) => !values.some((value) => kindOf(value) === 'regex')))
}

/** What an upsert puts into its document because the filter demands exactly that. */
export const demandedBy = (filter: Doc): (readonly [path: string, value: unknown])[] =>
  conditionsOf(filter).flatMap(([path, condition]) => exactly(condition).map((value) => [path, value] as const))

/** The conditions on fields that must all hold. */
function conditionsOf(filter: Doc): (readonly [path: string, condition: unknown])[] {
  return Object.entries(filter).flatMap(([name, condition]) => {
    if (name === '$and') return (condition as Doc[]).flatMap(conditionsOf)
    return name.startsWith('$') ? [] : [[name, condition] as const]
  })
}

function exactly(condition: unknown): unknown[] {
  if (!isOperators(condition)) return [condition]
  return '$eq' in condition ? [condition.$eq] : []
}
