import type { Place } from '@connectly/protocol'
import type { Operation } from './operations.ts'
import type { Bump } from './plan.ts'
import {
  BASES,
  columnsOf,
  conditionSql,
  labelOf,
  paramsOf,
  placesOf,
  prepared,
  quote,
  shapeOf,
  sourceSql,
  termsOf,
  typesOf,
  valueSql,
  type Statement,
  type Term,
} from './sql.ts'
import { arrayText, isPending, jsonOf, toParam, typeOf, type Param } from './values.ts'
import { columnOf, type Column, type Table } from '../table.ts'

/* One statement for all operations of a stage that are alike. A guard that does not hold and a patch that does not fit
   raise `CN001` with the operations' places in the statement; `+` where the row of a patch is there, `-` where it is not. */

/** A statement of a flight, with the operations it stands for, in its own order. */
export type Sent = { statement: Statement; operations: readonly Operation[] }

type Kind<Do extends Operation['do']> = Extract<Operation, { do: Do }>

/** The statements of a stage: what is looked at, what goes, what comes, what changes. */
export function statementsOf(stage: readonly Operation[]): Sent[] {
  const of = <Do extends Operation['do']>(kind: Do) => stage.filter((each): each is Kind<Do> => each.do === kind)
  return [
    ...grouped(of('guard').map(lookedAt)).map(guardStatement),
    ...byReference(grouped(of('remove').map(removed)))
      .toReversed()
      .map(removeStatement),
    ...byReference(grouped(of('insert').map(inserted))).map(insertStatement),
    ...grouped(of('patch').map(patched)).map(patchStatement),
  ]
}

/** An operation with its values, and a shape that is the same for all that one statement can do. */
type Shaped = { operation: Operation; shape: string; values: Param[]; marks: [string, number][][] }
type Alike<S extends Shaped> = { shape: string; table: Table; all: S[]; pending: Set<number>; marks: number[] }

/** Those of one shape together, in the order of their values: two flights then lock rows in the same order. */
function grouped<S extends Shaped>(list: readonly S[]): Alike<S>[] {
  const groups = new Map<string, Alike<S>>()
  for (const each of list) {
    let group = groups.get(each.shape)
    if (!group) {
      group = { shape: each.shape, table: each.operation.table, all: [], pending: new Set(), marks: [] }
      groups.set(each.shape, group)
    }
    group.all.push(each)
    for (const [nth, value] of each.values.entries()) if (isPending(value)) group.pending.add(nth)
    for (const [nth, marks] of each.marks.entries()) group.marks[nth] = Math.max(group.marks[nth] ?? 0, marks.length)
  }
  const sorted = [...groups.values()].toSorted((a, b) => (a.shape < b.shape ? -1 : 1))
  for (const group of sorted) if (group.all.length > 1) group.all.sort((a, b) => inOrder(a.values, b.values))
  return sorted
}

function inOrder(a: readonly Param[], b: readonly Param[]): number {
  for (const [nth, value] of a.entries()) {
    const other = b[nth] as Param
    if (value !== other) return value === null || (other !== null && value < other) ? -1 : 1
  }
  return 0
}

/** A table comes after those that it refers to. */
function byReference<S extends Shaped>(groups: readonly Alike<S>[]): Alike<S>[] {
  const left = [...groups]
  const sorted: Alike<S>[] = []
  while (left.length > 0) {
    const refers = ({ table }: Alike<S>) =>
      left.some((other) => other.table !== table && Object.values(table.refs).includes(other.table.name))
    const at = Math.max(
      0,
      left.findIndex((group) => !refers(group)),
    )
    sorted.push(...left.splice(at, 1))
  }
  return sorted
}

type Looked = Shaped & { operation: Kind<'guard'>; terms: Term[] }

function lookedAt(operation: Kind<'guard'>): Looked {
  const { table, guard, lock } = operation
  const terms = [...termsOf(table, guard.key), ...termsOf(table, guard.where ?? {})]
  const strength = !lock ? '' : guard.where ? 'share' : 'key share'
  return {
    operation,
    shape: `${table.name} guard ${guard.must} ${strength} ${shapeOf(terms)}`,
    values: paramsOf(terms),
    marks: [],
    terms,
  }
}

function guardStatement({ shape, table, all, pending }: Alike<Looked>): Sent {
  const { operation, terms } = all[0] as Looked
  const { guard, lock } = operation
  refusePending(pending, table)
  const text = () => {
    let nth = 0
    const types = ['int', ...typesOf(terms)]
    const fits = conditionSql(terms, () => `r.v${++nth}`)
    const select = `select 1 from ${quote(table.name)} t where ${fits}`
    const refused = (from: string, which: string) =>
      `select connectly_refuse((select string_agg(r.v0::text, ',') from ${from} where ${which}))`
    if (!lock) return refused(sourceSql(types), `${guard.must ? 'not ' : ''}exists (${select})`)
    const held = `select r.v0 from ${sourceSql(types)} join ${quote(table.name)} t on ${fits} for ${guard.where ? 'share' : 'key share'} of t`
    return `with h as (${held}) ${refused('unnest($1::int[]) r(v0)', 'r.v0 not in (select v0 from h)')}`
  }
  return sent(shape, text, all, [placesOf(all.length), ...valuesOf(all)])
}

function removed(operation: Kind<'remove'>): Shaped & { terms: Term[] } {
  const terms = termsOf(operation.table, operation.key)
  return {
    operation,
    shape: `${operation.table.name} remove ${shapeOf(terms)}`,
    values: paramsOf(terms),
    marks: [],
    terms,
  }
}

function removeStatement({ shape, table, all, pending }: Alike<ReturnType<typeof removed>>): Sent {
  const terms = all[0]?.terms ?? []
  refusePending(pending, table)
  const text = () => {
    let nth = -1
    const fits = conditionSql(terms, () => `r.v${++nth}`)
    return `delete from ${quote(table.name)} t using ${sourceSql(typesOf(terms))} where ${fits}`
  }
  return sent(shape, text, all, valuesOf(all))
}

function inserted(operation: Kind<'insert'>): Shaped {
  const { table, row, given } = operation
  const marks: Shaped['marks'] = []
  const values = table.columns.map((column) =>
    valueFor(column, (row as Record<string, unknown>)[column.name], given, marks),
  )
  return { operation, shape: `${labelOf(table)} insert`, values, marks }
}

function insertStatement({ shape, table, all, pending, marks }: Alike<Shaped>): Sent {
  const { columns } = table
  const tail = marked(columns.length, all, marks)
  const text = () => {
    let json = -1
    const values = columns.map((column, nth) =>
      valueSql(`r.v${nth}`, pending.has(nth), column.type === 'json' ? tail.of(++json) : NONE),
    )
    const types = [...columns.map(typeOf), ...tail.types]
    const [bases, from] = isNumbered(pending, marks) ? [`with ${BASES} `, ', b'] : ['', '']
    return `${bases}insert into ${quote(table.name)} (${columns.map(({ name }) => quote(name)).join(', ')}) select ${values.join(', ')} from ${sourceSql(types)}${from}`
  }
  return sent(`${shape} ${[...pending].toSorted((a, b) => a - b).join()} ${marks.join()}`, text, all, [
    ...valuesOf(all),
    ...tail.values,
  ])
}

type Patched = Shaped & { operation: Kind<'patch'>; key: Term[]; only: Term[]; sets: Column[]; adds: Column[] }

function patched(operation: Kind<'patch'>): Patched {
  const { table, given } = operation
  const columns = (named: object = {}) => Object.keys(named).map((name) => columnOf(table, name))
  const [sets, adds] = [columns(operation.set), columns(operation.add)]
  const [key, only] = [termsOf(table, operation.key), termsOf(table, operation.only ?? {})]
  const marks: Shaped['marks'] = []
  const take = (from: object | undefined, list: readonly Column[]) =>
    list.map((column) => valueFor(column, (from as Record<string, unknown>)[column.name], given, marks))
  return {
    operation,
    shape: `${table.name} patch ${sets.map(({ name }) => name).join()} ${adds.map(({ name }) => name).join()} ${shapeOf(key)} ${shapeOf(only)}`,
    values: [...paramsOf(key), ...take(operation.set, sets), ...take(operation.add, adds), ...paramsOf(only)],
    marks,
    key,
    only,
    sets,
    adds,
  }
}

function patchStatement({ shape, table, all, pending, marks }: Alike<Patched>): Sent {
  const { key, only, sets, adds } = all[0] as Patched
  const width = (all[0] as Patched).values.length
  const tail = marked(width + 1, all, marks)
  const keyTypes = typesOf(key)
  const text = () => {
    let [nth, json] = [0, -1]
    const named = conditionSql(key, () => `r.v${++nth}`)
    const changes = [
      ...sets.map((column) => {
        const value = valueSql(`r.v${++nth}`, pending.has(nth - 1), column.type === 'json' ? tail.of(++json) : NONE)
        return `${quote(column.name)} = ${value}`
      }),
      ...adds.map(({ name }) => `${quote(name)} = t.${quote(name)} + r.v${++nth}`),
    ]
    const fits = conditionSql(only, () => `r.v${++nth}`)
    const types = ['int', ...keyTypes, ...[...sets, ...adds].map(typeOf), ...typesOf(only), ...tail.types]
    const [bases, from] = isNumbered(pending, marks) ? [`${BASES}, `, ', b'] : ['', '']
    const update = `update ${quote(table.name)} t set ${changes.join(', ')} from ${sourceSql(types)}${from} where ${named} and ${fits} returning r.v0`
    nth = 0
    const isThere = `exists (select 1 from ${quote(table.name)} t where ${conditionSql(key, () => `r.v${++nth}`)})`
    return `with ${bases}u as (${update}) select connectly_refuse((select string_agg(r.v0::text || case when ${isThere} then '+' else '-' end, ',') from ${sourceSql(['int', ...keyTypes])} where r.v0 not in (select v0 from u)))`
  }
  const values = [placesOf(all.length), ...valuesOf(all), ...tail.values]
  return sent(`${shape} ${[...pending].toSorted((a, b) => a - b).join()} ${marks.join()}`, text, all, values)
}

function sent(asks: string, text: () => string, all: readonly Shaped[], values: unknown[]): Sent {
  return { statement: prepared(asks, text, values), operations: all.map(({ operation }) => operation) }
}

const valuesOf = (all: readonly Shaped[]): string[] =>
  columnsOf(
    all.map(({ values }) => values),
    all[0]?.values.length ?? 0,
  )

const NONE = { count: 0, first: 0 }

/** The columns that carry the marks in JSON, two for each: behind all others, as many as the row with the most needs. */
function marked(first: number, all: readonly Shaped[], counts: readonly number[]) {
  const values: string[] = []
  const firsts: number[] = []
  for (const [json, count] of counts.entries()) {
    firsts.push(first + values.length)
    for (let nth = 0; nth < count; nth++)
      for (const part of [0, 1] as const)
        values.push(arrayText(all.map(({ marks }) => marks[json]?.[nth]?.[part] ?? null)))
  }
  return {
    values,
    types: values.map((_, nth) => (nth % 2 === 0 ? 'text' : 'bigint')),
    of: (json: number) => ({ count: counts[json] ?? 0, first: firsts[json] ?? 0 }),
  }
}

const isNumbered = (pending: ReadonlySet<number>, marks: readonly number[]) =>
  pending.size > 0 || marks.some((count) => count > 0)

/** A value of a row; JSON leaves its marks. A number that was not given to this change is nobody's. */
function valueFor(column: Column, value: unknown, given: ReadonlySet<number>, marks: [string, number][][]): Param {
  if (column.type === 'json') {
    if (value === undefined) throw new TypeError(`column ${column.name} has no value`)
    const json = value === null ? { text: null, marks: [] } : jsonOf(value)
    for (const [, number] of json.marks) refuseForeign(number, given, column)
    marks.push(json.marks)
    return json.text
  }
  const param = toParam(column, value)
  if (isPending(param)) refuseForeign(param, given, column)
  return param
}

function refuseForeign(number: number, given: ReadonlySet<number>, { name }: Column): void {
  if (!given.has(number)) throw new TypeError(`column ${name} would hold a number that was not taken: ${number}`)
}

function refusePending(pending: ReadonlySet<number>, { name }: Table): void {
  if (pending.size > 0) throw new TypeError(`a condition on ${name} asks for a number that is not taken yet`)
}

/** Makes the rows of places that are new. */
export function ensurePlaces(places: readonly Place[]): Statement {
  const text = () =>
    `insert into "places" ("place", "seq", "lastAt", "reactedSeq", "unreacted") select p, 0, 0, 0, false from unnest($1::text[]) p order by p on conflict do nothing`
  return prepared('ensure places', text, [arrayText(places)])
}

/** Locks the places in order and leaves their numbers and times for the statements that follow. */
export function lockPlaces(places: readonly Place[], now: number): Statement {
  if (places.length === 1) return prepared('lock place', lockOneSql, [places[0], now])
  const text = () =>
    `with l as (select "place", "seq", greatest("lastAt", $2::bigint) at from "places" where "place" = any($1::text[]) order by "place" for update) ` +
    `select connectly_refuse((select case when count(*) = $3::bigint then null else 'places' end from l)), ` +
    `set_config('connectly.seqs', (select array_agg("seq" order by "place")::text from l), true), ` +
    `set_config('connectly.times', (select array_agg(at order by "place")::text from l), true)`
  return prepared('lock places', text, [arrayText(places), now, places.length])
}

/** The same for one, without gathering anything: most commits of a quiet server are about one place. */
const lockOneSql = () =>
  `select case when l."seq" is null then connectly_refuse('places') end, ` +
  `set_config('connectly.seqs', '{' || l."seq" || '}', true), set_config('connectly.times', '{' || l.at || '}', true) ` +
  `from (select) one left join (select "seq", greatest("lastAt", $2::bigint) at from "places" where "place" = $1::text for update) l on true`

/** Moves the places on and gives their last numbers and times. */
export function bumpPlaces(bumps: readonly Bump[], now: number): Statement {
  const text = () => {
    const reached = `greatest(p."reactedSeq", r.v3)`
    const marked = `case when r.v3 >= 0 then ${reached} < p."seq" else p."unreacted" end`
    return (
      `update "places" p set "seq" = p."seq" + r.v1, ` +
      `"lastAt" = case when r.v1 > 0 then greatest(p."lastAt", $5::bigint) else p."lastAt" end, ` +
      `"reactedSeq" = case when (${marked}) or r.v1 = 0 then ${reached} when r.v2 = 0 then p."seq" + r.v1 else p."seq" + r.v2 - 1 end, ` +
      `"unreacted" = (${marked}) or r.v2 > 0 ` +
      `from ${sourceSql(['text', 'bigint', 'bigint', 'bigint'])} where p."place" = r.v0 returning p."place", p."seq", p."lastAt"`
    )
  }
  const values = columnsOf(
    bumps.map(({ place, taken, reactsFrom, reacted }) => [place, taken, reactsFrom, reacted]),
    4,
  )
  return prepared('bump places', text, [...values, now])
}
