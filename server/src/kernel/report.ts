import { createHmac } from 'node:crypto'
import type { Method, RefusalCode } from '@connectly/protocol'
import { StoreAway } from '../store/store.ts'
import type { Caller } from './context.ts'
import type { Logger } from './logger.ts'
import type { Metrics } from './metrics.ts'
import { createSparing } from './sparing.ts'

/** Who is told no: a caller, or somebody who is none yet. */
export type Asker = Pick<Caller, 'requestId' | 'door' | 'address'> & {
  session?: Caller['session']
  connection?: { id: string } | undefined
  /** Whose page it came from, where that was the reason. */
  origin?: string | undefined
}
export type Asked = { method: Method; input: unknown }
export type No = { code: RefusalCode; params?: Record<string, string | number> | undefined }

/** What no client of ours does. */
export type Suspicion =
  | 'foreign id'
  | 'flood'
  | 'bad input'
  | 'unknown method'
  | 'unknown event'
  | 'bad frame'
  | 'bad handshake'
  | 'foreign origin'

export type Report = {
  /**
   * A no, over either door.
   * @param asked what was asked: a method and its input, of which no words are written; a string where it was none
   */
  refused(asker: Asker, no: No, asked: Asked | 'connecting' | 'request' | 'unknown', error?: unknown): void
  /** What was noticed outside of an ask. */
  suspicious(reason: Suspicion, from: string, fields: object): void
  stop(): void
}

const authFailures: readonly RefusalCode[] = ['SignedOut', 'WrongCredentials', 'WrongProof', 'LinkSpent']
const denials: readonly RefusalCode[] = ['NotAllowed', 'BadOrigin', 'StepUpNeeded', 'Muted', 'Banned']
/** What does not happen while all is well. */
const troubles: readonly RefusalCode[] = ['Busy', 'Unavailable', 'ProviderFailed']
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/**
 * Says and counts every no: failures to sign in, denials, what is suspicious, faults of ours. Of what was asked it
 * writes the ids alone, and whoever was tried as a hash that only this installation can make: people type passwords
 * into the field for the name.
 */
export function createReport(parts: {
  logger: Logger
  metrics: Metrics
  secretKey: string
  /** Spares no line. */
  everything: boolean
}): Report {
  const { logger, metrics, secretKey } = parts
  const sparing = createSparing(logger, parts.everything)

  const hashed = (who: string): string =>
    createHmac('sha256', secretKey).update(`who:${who.normalize().trim().toLowerCase()}`).digest('hex').slice(0, 16)

  function suspicious(reason: Suspicion, from: string, fields: object): void {
    metrics.suspicious.inc({ reason })
    sparing.write('warn', reason, from, { ...fields, suspicious: true, reason }, 'suspicious')
  }

  return {
    refused: (asker, { code, params }, asked, error) => {
      const { session, address, connection } = asker
      const isAuth = authFailures.includes(code)
      const tried = session ? undefined : whoIn(asked)
      const ids = idsIn(asked)
      const reason = suspicionOf({ code, params }, asked, ids)
      const name = typeof asked === 'string' ? asked : asked.method.name
      const fields = {
        requestId: asker.requestId,
        ...(connection && { socketId: connection.id }),
        method: name,
        door: asker.door,
        code,
        ...(isAuth && { kind: 'authentication' }),
        ...(denials.includes(code) && { kind: 'permission' }),
        userId: session?.userId,
        ...(tried !== undefined && { tried: hashed(tried) }),
        address,
        ...(asker.origin && { origin: asker.origin.slice(0, 200) }),
        ...(ids && { ids }),
        ...(reason && { suspicious: true, reason }),
      }
      if (isAuth) metrics.authFailures.inc({ reason: code })
      if (name === 'messages.send') metrics.sendFailures.inc({ code })
      if (reason) metrics.suspicious.inc({ reason })
      const from = session?.userId ?? address
      if (code === 'Internal') {
        metrics.faults.inc({ where: 'ask' })
        return sparing.write('error', name, 'us', { ...fields, error }, 'an ask failed by a fault of ours')
      }
      const level = troubles.includes(code) ? 'warn' : 'info'
      const away = error instanceof StoreAway ? { reason: error.message } : {}
      sparing.write(level, reason ?? code, from, { ...fields, ...(params && { params }), ...away }, 'refused')
    },
    suspicious,
    stop: () => sparing.stop(),
  }
}

/** Nothing that is ours asks like this. An id that is not theirs to name may be one that was deleted meanwhile. */
function suspicionOf({ code, params }: No, asked: unknown, ids: object | undefined): Suspicion | undefined {
  if (code === 'NotFound') return asked === 'unknown' ? 'unknown method' : ids && 'foreign id'
  if (code === 'InvalidInput') return 'bad input'
  if (code === 'TooManyRequests') return 'flood'
  // With a reason it is our own page, which has not been given its double-submit token yet.
  return code === 'BadOrigin' && !params ? 'foreign origin' : undefined
}

/** The name of an account that somebody tried to be. */
function whoIn(asked: Asked | string): string | undefined {
  const { username, email } = inputOf(asked)
  const who = username ?? email
  return typeof who === 'string' ? who.slice(0, 200) : undefined
}

/** What was asked about: of the fields that the method has, those that name something and hold an id. */
function idsIn(asked: Asked | string): Record<string, unknown> | undefined {
  if (typeof asked === 'string') return undefined
  const input = inputOf(asked)
  const names = Object.keys(shapeOf(asked.method)).filter((name) => {
    const value = name.endsWith('Id') && name !== asked.method.once && Object.hasOwn(input, name) ? input[name] : null
    return typeof value === 'string' && UUID.test(value)
  })
  return names.length > 0 ? Object.fromEntries(names.map((name) => [name, input[name]])) : undefined
}

const inputOf = (asked: Asked | string): Record<string, unknown> =>
  typeof asked !== 'string' && typeof asked.input === 'object' && asked.input !== null
    ? (asked.input as Record<string, unknown>)
    : {}

const shapeOf = (method: Method): object =>
  (method.input as unknown as { _zod: { def: { shape?: object } } })._zod.def.shape ?? {}
