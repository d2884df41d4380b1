import {
  generalRefusals,
  registry,
  signOut,
  type Answer,
  type AuditId,
  type Method,
  type Place,
  type RefusalCode,
} from '@connectly/protocol'
import type { Guard, Store, Write } from '../store/store.ts'
import { insert, must, StoreAway } from '../store/store.ts'
import type { AccessRules } from './access.ts'
import type { Clock } from './clock.ts'
import type { Caller, Context } from './context.ts'
import type { Before, Feature, Handle, Repeat } from './feature.ts'
import type { SeatRow } from './seats.ts'
import { newId, sha256 } from './ids.ts'
import type { Limits } from './limits.ts'
import type { Live } from './live.ts'
import type { Log } from './log.ts'
import type { Logger } from './logger.ts'
import type { Metrics } from './metrics.ts'
import { Refused, refuse } from './refuse.ts'
import type { Report } from './report.ts'
import type { Services } from './services.ts'
import type { Sessions } from './sessions.ts'
import { Unreadable } from './unreadable.ts'
import { answerTable, auditTable, sessionTable } from './tables.ts'

/** How often a handler runs before a busy place is answered with `Busy`. */
const MAX_TRIES = 3

/** Thrown by `record` when what the handler relied on has changed meanwhile: it runs again and sees for itself. */
class Again extends Error {}

export type Ask = (caller: Caller, name: string, input: unknown) => Promise<Answer<unknown>>

type Parts = {
  features: readonly Feature[]
  store: Store
  log: Log
  access: AccessRules
  sessions: Sessions
  limits: Limits
  live: Live
  clock: Clock
  logger: Logger
  metrics: Metrics
  services: Services
  report: Report
  /** Checks each answer against its declared shape and refusals; for tests. */
  checkOutputs: boolean
}

/** The one way through the house for every ask: session, limit, shape, access, handler, commit, answer. */
export function createAsk(parts: Parts): Ask {
  const { features, store, log, access, sessions, limits, live, clock, logger, metrics, services } = parts
  const handles = new Map<string, Handle>(
    features.flatMap((feature) => feature.handles ?? []).map((each) => [each.method.name, each]),
  )
  const befores = groupByMethod<Before>(features.flatMap((feature) => feature.before ?? []))
  const repeats = new Map<string, Repeat>(
    features.flatMap((feature) => feature.repeats ?? []).map((each) => [each.method.name, each]),
  )
  for (const name of registry.methods.keys()) if (!handles.has(name)) throw new Error(`nothing answers ${name}`)

  async function answer(caller: Caller, name: string, raw: unknown): Promise<unknown> {
    const found = handles.get(name) ?? refuse('NotFound')
    const { method } = found
    if (method.door !== 'both' && method.door !== caller.door) refuse('NotFound')
    const { session } = caller
    if (session ? !sessions.isLive(session) : method.access.who === 'session' && !caller.behalf) refuse('SignedOut')
    if (!caller.behalf) await admit(method, caller)
    const input = parse(method, raw)
    const isOver = () => session !== null && !sessions.isLive(session) && caller.newToken === undefined
    const value = await run(found, caller, input).catch((error: unknown) => {
      throw error instanceof Refused && isOver() ? new Refused('SignedOut') : error
    })
    if (isOver()) refuse('SignedOut')
    if (parts.checkOutputs) method.output.parse(value)
    return value
  }

  /** Whoever is kept out, has to slow down, or has used up what they have, comes no further; who insists is struck. */
  async function admit(method: Method, caller: Caller): Promise<void> {
    const who = { userId: caller.session?.userId ?? null, address: caller.address }
    try {
      if (method.name !== signOut.name) services.penalties.check(who, method.limit)
      await limits.take(method.limit, who)
    } catch (error) {
      if (error instanceof Refused && error.code === 'TooManyRequests') services.penalties.noteRefused(who)
      throw error
    }
  }

  async function run({ method, run }: Handle, caller: Caller, input: Record<string, unknown>): Promise<unknown> {
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const ctx = contextFor(method, caller, input)
      try {
        await access.enforce(method, ctx, input)
        for (const each of befores.get(method.name) ?? []) await each.run(ctx, input)
        return await run(ctx, input)
      } catch (error) {
        if (!(error instanceof Again) && !(error instanceof Refused)) throw error
        const first = await firstAnswer(method, caller, input)
        if (first) return first.value
        if (error instanceof Refused) throw error
      }
    }
    return refuse('Busy')
  }

  /** A repeated ask gets the first answer, even when it would be refused by now; the key with another input is refused. */
  async function firstAnswer(
    method: Method,
    caller: Caller,
    input: Record<string, unknown>,
  ): Promise<{ value: unknown } | undefined> {
    const me = caller.session?.userId
    if (!method.once || !me) return undefined
    const own = repeats.get(method.name)
    if (own) {
      const known = await own.run(store, me, input)
      return known === 'reused' ? refuse('KeyReused') : known
    }
    const row = await store.get(answerTable, { userId: me, method: method.name, key: String(input[method.once]) })
    if (!row) return undefined
    return row.inputHash === hashOf(input) ? { value: row.value } : refuse('KeyReused')
  }

  function contextFor(method: Method, caller: Caller, input: Record<string, unknown>): Context {
    const guards: Guard[] = []
    const extras: Parameters<Context['also']>[0][] = []
    const locked: Place[] = []
    const afters: (() => void | Promise<void>)[] = []
    let seat: SeatRow | undefined
    let recorded = false
    const { session } = caller
    if (session) guards.push(must(sessionTable, { tokenHash: session.tokenHash }))
    const kept = (value: unknown): Write[] =>
      method.once && session && !repeats.has(method.name)
        ? [
            insert(answerTable, {
              userId: session.userId,
              method: method.name,
              key: String(input[method.once]),
              inputHash: hashOf(input),
              value,
              at: clock(),
            }),
          ]
        : []

    return {
      me: (session ?? caller.behalf)?.userId as Context['me'],
      caller,
      now: clock,
      newId,
      store,
      live,
      get seat() {
        if (!seat) throw new Error(`${method.name} needs no seat, and has none`)
        return seat
      },
      set seat(found) {
        seat = found
      },
      log: logger,
      services,
      audit: (act, { subject, actor, details = {} } = {}) => {
        const row = {
          auditId: newId<AuditId>(),
          at: clock(),
          actor: actor ?? session?.userId ?? caller.behalf?.userId ?? null,
          act,
          subject: subject ?? null,
          details,
          requestId: caller.requestId,
        }
        extras.push(() => ({ writes: [insert(auditTable, row)], events: [] }))
        // What it says in detail stands in the record alone: a name may be anything that somebody typed.
        const { details: _inTheRecord, ...line } = row
        afters.push(() => logger.info({ ...line, audit: true }, 'a sensitive act'))
      },
      guard: (guard) => void guards.push(guard),
      also: (more, places = []) => {
        extras.push(more)
        locked.push(...places)
      },
      after: (run) => void afters.push(run),
      record: async (places, make) => {
        if (recorded) throw new Error(`${method.name} records twice: one ask is one commit`)
        recorded = true
        const outcome = await log.record([...new Set([...places, ...locked])], guards, (next) => {
          const doing = make(next)
          const more = extras.map((extra) => extra(next, doing.result))
          return {
            writes: [...doing.writes, ...more.flatMap((each) => each.writes), ...kept(doing.result)],
            events: [...doing.events, ...more.flatMap((each) => each.events)],
            result: { value: doing.result, ended: endedBy(doing.writes) },
          }
        })
        if (outcome.kind === 'refused') return refuse(outcome.code)
        if (outcome.kind !== 'done') throw new Again()
        for (const tokenHash of outcome.recorded.result.ended) sessions.ended(tokenHash)
        for (const after of afters) void runAfter(after, method)
        return outcome.recorded.result.value
      },
    }
  }

  async function runAfter(after: () => void | Promise<void>, method: Method): Promise<void> {
    try {
      await after()
    } catch (error) {
      logger.error({ error, method: method.name }, 'what follows a commit by signals failed')
    }
  }

  return async (caller, name, input) => {
    const stop = metrics.askSeconds.startTimer()
    try {
      const value = await answer(caller, name, input)
      metrics.asks.inc({ method: name, door: caller.door, outcome: 'ok' })
      return { ok: true, value }
    } catch (error) {
      const method = handles.get(name)?.method
      const refused = refusalFor(name, error)
      metrics.asks.inc({ method: method?.name ?? 'unknown', door: caller.door, outcome: refused.code })
      parts.report.refused(caller, refused, method ? { method, input } : 'unknown', error)
      return {
        ok: false,
        refusal: { code: refused.code, ...(refused.params && { params: refused.params }), requestId: caller.requestId },
      }
    } finally {
      stop()
    }
  }

  /** Anything but a refusal and a store that is away is a fault of ours. */
  function refusalFor(name: string, error: unknown): Refused {
    if (error instanceof StoreAway) return new Refused('Unavailable')
    return error instanceof Refused && isDeclared(name, error.code) ? error : new Refused('Internal')
  }

  /** Where answers are checked, so is what a method says no with: the documents promise no other codes. */
  function isDeclared(name: string, code: RefusalCode): boolean {
    const above = (befores.get(name) ?? []).flatMap((each) => each.refusals)
    const declared: readonly RefusalCode[] = [
      ...generalRefusals,
      ...(handles.get(name)?.method.refusals ?? []),
      ...above,
    ]
    return !parts.checkOutputs || declared.includes(code)
  }
}

/** Parses an input; the refusal names the field and the reason, never the value. */
function parse(method: Method, raw: unknown): Record<string, unknown> {
  if (raw instanceof Unreadable) return refuse('InvalidInput', { field: raw.fieldOf(method), reason: raw.reason })
  const parsed = method.input.safeParse(raw)
  if (parsed.success) return parsed.data as Record<string, unknown>
  const issue = parsed.error.issues[0]
  // A key that does not fit is a value too: the path ends before it.
  const path = issue?.code === 'invalid_key' ? issue.path.slice(0, -1) : (issue?.path ?? [])
  return refuse('InvalidInput', { field: path.join('.'), reason: issue?.message ?? 'does not fit' })
}

/** The same input gives the same hash, whatever order its fields came in: parsing puts them in the shape's order. */
const hashOf = (input: unknown): string => sha256(JSON.stringify(input))

/** The sessions that these writes end. */
export function endedBy(writes: readonly Write[]): string[] {
  return writes.flatMap((write) =>
    write.do === 'remove' && write.table === sessionTable ? [(write.key as { tokenHash: string }).tokenHash] : [],
  )
}

function groupByMethod<T extends { method: Method }>(list: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const each of list) groups.set(each.method.name, [...(groups.get(each.method.name) ?? []), each])
  return groups
}
