import type { Place } from '@connectly/protocol'
import type { Line } from './line.ts'
import type { Operation } from './operations.ts'
import { planGroup, type Plan } from './plan.ts'
import { prepared, type Statement } from './sql.ts'
import { bumpPlaces, ensurePlaces, lockPlaces, statementsOf, type Sent } from './statements.ts'
import type { Change, Made, Numbered, Outcome } from '../store.ts'

/** How often a group is sent again without what it refused, before its changes go one by one. */
const MAX_ROUNDS = 4
/** How often a group is sent again that met another in the wrong order, or waited too long for it. */
const MAX_RETRIES = 3
/** Places that are known to have a row. */
const MAX_KNOWN = 50_000

/** A refusal by a guard or a patch; its detail tells by which operations. */
const REFUSED = 'CN001'
const UNIQUE = '23505'
const REFERENCE = '23503'
/** Deadlock, serialisation, lock not available: nothing was wrong with the group. */
const TRANSIENT = ['40P01', '40001', '55P03']
/** The server may only be read, as one that is no longer the first of its cluster. */
const READ_ONLY = '25006'

/** Prepared like all others: the server would parse them anew each time. */
const [BEGIN, COMMIT] = ['begin', 'commit'].map((text) => prepared(text, () => text, [])) as [Statement, Statement]

type Fault = Error & { code?: string; detail?: string }

/** Commits groups, one flight each: everything is sent together, and no lock ever waits for this process. */
export function committer(line: () => Line) {
  const known = new Set<Place>()

  async function commit(changes: readonly Change[], now: number): Promise<Outcome[]> {
    const outcomes = new Map<number, Outcome>()
    let left = changes.map((_, index) => index)
    for (let round = 0; round < MAX_ROUNDS && left.length > 0; round++) {
      const rest = left.map((index) => changes[index] as Change)
      const found = await attempt(rest, now)
      const known = found === 'halve' ? new Map((await halves(rest, now)).entries()) : found
      for (const [nth, outcome] of known) outcomes.set(left[nth] as number, outcome)
      left = left.filter((index) => !outcomes.has(index))
    }
    for (const index of left) outcomes.set(index, await alone(changes[index] as Change, now))
    return changes.map((_, index) => outcomes.get(index) as Outcome)
  }

  async function halves(changes: readonly Change[], now: number): Promise<Outcome[]> {
    const middle = Math.ceil(changes.length / 2)
    return [...(await commit(changes.slice(0, middle), now)), ...(await commit(changes.slice(middle), now))]
  }

  async function alone(change: Change, now: number): Promise<Outcome> {
    const found = await attempt([change], now)
    const outcome = found === 'halve' ? undefined : found.get(0)
    if (!outcome) throw new Error('a change was neither kept nor refused')
    return outcome
  }

  /**
   * One group, sent again while it only met others in the wrong order. Gives the outcomes of all when it is kept, else of
   * those that were refused: nothing of it is kept then.
   */
  async function attempt(changes: readonly Change[], now: number): Promise<Map<number, Outcome> | 'halve'> {
    for (let tries = 0; ; tries++) {
      const plan = planGroup(changes)
      const sent = flightOf(plan, now, known)
      const flight = sent.map(({ statement }) => statement)
      const on = line()
      const answers = await on.fly(flight)
      const at = answers.findIndex(({ status }) => status === 'rejected')
      if (at < 0) {
        const last = answers.at(-1) as PromiseFulfilledResult<{ command: string }>
        // A COMMIT after an error succeeds, as a rollback.
        if (last.value.command !== 'COMMIT') throw new Error(`the group was not kept: ${last.value.command}`)
        remember(plan.places)
        return settled(changes, plan, answers)
      }
      const fault = (answers[at] as PromiseRejectedResult).reason as Fault
      if (fault.code === READ_ONLY) on.drop()
      if (fault.code === REFUSED && fault.detail === 'places') known.clear()
      else if (fault.code === REFUSED) return refused(sent[at] as Sent, fault)
      else if (fault.code === UNIQUE || fault.code === REFERENCE) return conflicting(changes, sent[at] as Sent, fault)
      else if (!TRANSIENT.includes(fault.code ?? '')) throw fault
      if (tries >= MAX_RETRIES) throw fault
      await new Promise((done) => setTimeout(done, Math.random() * 20 * (tries + 1)))
    }
  }

  function remember(places: readonly Place[]): void {
    if (known.size + places.length > MAX_KNOWN) known.clear()
    for (const place of places) known.add(place)
  }

  return commit
}

/** Everything that a group sends, in order. */
function flightOf(plan: Plan, now: number, known: ReadonlySet<Place>): Sent[] {
  const only = (statement: Statement): Sent => ({ statement, operations: [] })
  const fresh = plan.places.filter((place) => !known.has(place))
  const bumps = plan.bumps.filter(({ taken, reacted }) => taken > 0 || reacted >= 0)
  return [
    only(BEGIN),
    ...(fresh.length > 0 ? [only(ensurePlaces(fresh))] : []),
    ...(plan.places.length > 0 ? [only(lockPlaces(plan.places, now))] : []),
    ...plan.stages.filter(Boolean).flatMap(statementsOf),
    ...(bumps.length > 0 ? [only(bumpPlaces(bumps, now))] : []),
    only(COMMIT),
  ]
}

/** The outcomes of a group that is kept: its changes made again, with the numbers that they were given. */
function settled(
  changes: readonly Change[],
  plan: Plan,
  answers: readonly PromiseSettledResult<{ rows: unknown[][] }>[],
): Map<number, Outcome> {
  const at = new Map<Place, { seq: number; at: number }>()
  const moved =
    plan.bumps.length > 0 ? (answers.at(-2) as PromiseFulfilledResult<{ rows: unknown[][] }>).value.rows : []
  const taken = new Map(plan.bumps.map((bump) => [bump.place, bump.taken]))
  for (const [place, seq, lastAt] of moved as [Place, number, number][])
    at.set(place, { seq: seq - (taken.get(place) ?? 0), at: lastAt })
  const next = (place: Place): Numbered => {
    const last = at.get(place)
    if (!last) throw new Error(`place ${place} has no number`)
    return { place, seq: ++last.seq, at: last.at }
  }
  return new Map(
    changes.map((change, index) => [
      index,
      { kind: 'done', made: plan.numbered[index] ? change.make(next) : (plan.made[index] as Made<unknown>) },
    ]),
  )
}

/** Whom a guard or a patch has refused. Each change has the outcome of the first of its operations. */
function refused({ operations }: Sent, { detail = '' }: Fault): Map<number, Outcome> {
  const outcomes = new Map<number, Outcome>()
  for (const part of detail.split(',')) {
    const [, nth, isThere] = /^(\d+)([+-]?)$/.exec(part) ?? []
    const operation = nth === undefined ? undefined : operations[Number(nth)]
    if (!operation) throw new Error(`a group was refused for a reason that is not known: ${detail}`)
    if (!outcomes.has(operation.change)) outcomes.set(operation.change, outcomeOf(operation, isThere === '+'))
  }
  return outcomes
}

function outcomeOf(operation: Operation, isThere: boolean): Outcome {
  if (operation.do === 'guard') return { kind: 'unmet', guard: operation.guard }
  return operation.do === 'patch' && isThere && operation.only && operation.else
    ? { kind: 'refused', code: operation.else }
    : { kind: 'conflict' }
}

/**
 * Whose row is there already, or names one that is not: the server's detail tells the values. It is only compared, never
 * logged, since it quotes the row. Without it the group is halved until one is left.
 */
function conflicting(
  changes: readonly Change[],
  { operations }: Sent,
  { code, detail = '' }: Fault,
): Map<number, Outcome> | 'halve' {
  const inQuestion = [...new Set(operations.map(({ change }) => change))]
  const found = inQuestion.length === 1 ? inQuestion : guilty(operations, detail)
  if (found.length === 0) return changes.length > 1 ? 'halve' : new Map([[0, { kind: 'conflict' }]])
  // Of two that want the same row the first may have it.
  const losers = code === UNIQUE ? [Math.max(...found)] : found
  return new Map(losers.map((change) => [change, { kind: 'conflict' }]))
}

function guilty(operations: readonly Operation[], detail: string): number[] {
  const [, names = '', values = ''] = /^[^(]*\(([^)]*)\)=\((.*)\)[^)]*$/s.exec(detail) ?? []
  const columns = names.split(', ').map((name) => name.replaceAll('"', ''))
  return operations.flatMap((operation) => {
    const row = operation.do === 'insert' ? operation.row : operation.do === 'guard' ? {} : operation.key
    const own = columns.map((column) => String((row as Record<string, unknown>)[column]))
    return own.join(', ') === values ? [operation.change] : []
  })
}
