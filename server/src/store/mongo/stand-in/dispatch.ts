import { BSON } from 'mongodb'
import { refuseOthers, timeLimitExceeded, type Call } from './call.ts'
import { commands, COMMON_FIELDS, type Command } from './commands.ts'
import { Failure } from './failure.ts'
import { isDoc, type Doc } from './values.ts'
import { numberOf } from './wire.ts'

/** What every command of a connection shares. */
export type Server = Omit<Call, 'name' | 'body' | 'database' | 'session' | 'transaction' | 'isRetryable' | 'deadline'>

/** Runs one command and gives its answer; an error is an answer too. */
export async function dispatch(server: Server, body: Doc, delayMs: number): Promise<Doc> {
  const call = callOf(server, body)
  const isEnding = call.name === 'commitTransaction' || call.name === 'abortTransaction'
  try {
    const known = requireKnown(call)
    const run = async () => {
      if (!isEnding) enter(call)
      if (performance.now() + delayMs > call.deadline) throw timeLimitExceeded()
      return known.run(call)
    }
    const answer = await (call.session && body.txnNumber !== undefined ? inTurn(call.session, run) : run())
    return { ...answer, ...writeConcernError(body), ok: 1, ...times(server) }
  } catch (error) {
    if (call.transaction?.state === 'open') server.data.abort(call.transaction)
    return { ...failed(error), ...times(server) }
  }
}

function callOf(server: Server, body: Doc): Call {
  const [name = ''] = Object.keys(body)
  const limit = numberOf(body, 'maxTimeMS') || Infinity
  return {
    ...server,
    name: name === 'findandmodify' ? 'findAndModify' : name,
    body,
    database: String(body.$db),
    session: server.sessions.of(body),
    transaction: null,
    isRetryable: false,
    deadline: performance.now() + limit,
  }
}

function requireKnown(call: Call): Command {
  const { name, body, identity } = call
  const known = commands.get(name)
  if (!known) {
    process.stderr.write(`mongo-stand-in: the command ${name} is not modelled\n`)
    throw new Failure('CommandNotFound', `no such command: '${name}'`)
  }
  call.authentication.requireRight(name, call.database)
  if (known.fields !== 'any') refuseOthers(name, body, [...COMMON_FIELDS, ...known.fields, name], known.unmodelled)
  if ((identity.kind === 'secondary' || identity.kind === 'ghost') && known.writes)
    throw new Failure('NotWritablePrimary', 'not primary')
  requireConcerns(body)
  if (body.txnNumber === undefined && body.autocommit === undefined) return known
  if (identity.kind === 'standalone') {
    const message = 'Transaction numbers are only allowed on a replica set member or mongos'
    throw new Failure('IllegalOperation', message)
  }
  if (!call.session)
    throw new Failure('InvalidOptions', 'Transaction number requires a session ID to also be specified')
  if (body.autocommit === undefined) {
    if (!known.writes || !known.inTransaction) {
      throw new Failure('InvalidOptions', `txnNumber may only be provided for retryable writes; ${name} is none`)
    }
  } else if (!known.inTransaction) {
    const message = `Cannot run '${name}' in a multi-document transaction.`
    throw new Failure('OperationNotSupportedInTransaction', message)
  }
  return known
}

const LEVELS: readonly unknown[] = [undefined, 'local', 'majority', 'snapshot', 'available', 'linearizable']

function requireConcerns(body: Doc): void {
  const { readConcern, writeConcern, autocommit, startTransaction, commitTransaction, abortTransaction } = body
  const level = isDoc(readConcern) ? readConcern.level : undefined
  if (!LEVELS.includes(level)) throw new Failure('BadValue', `readConcern.level ${String(level)} is not a valid value`)
  if (autocommit === undefined) return
  if (autocommit !== false) throw new Failure('InvalidOptions', 'autocommit has to be false')
  if (readConcern !== undefined && startTransaction !== true)
    throw new Failure('InvalidOptions', 'Only the first command in a transaction may specify a readConcern')
  if (level === 'available' || level === 'linearizable')
    throw new Failure('InvalidOptions', `readConcern level ${level} is not allowed in a transaction`)
  if (writeConcern !== undefined && commitTransaction === undefined && abortTransaction === undefined)
    throw new Failure('InvalidOptions', 'writeConcern is not allowed within a multi-statement transaction')
}

/** Commands with a number run one after another on their session. */
function inTurn<Result>(session: NonNullable<Call['session']>, run: () => Promise<Result>): Promise<Result> {
  const mine = session.turn.then(run)
  session.turn = mine.catch(() => {})
  return mine
}

function enter(call: Call): void {
  const { session, body, sessions } = call
  if (!session || body.txnNumber === undefined) return
  if (body.autocommit === undefined) {
    sessions.retryable(session, body)
    call.isRetryable = true
  } else call.transaction = sessions.enter(session, body)
}

/** A write that was done and cannot be acknowledged by as many members as it asked for. */
function writeConcernError(body: Doc): Doc {
  const wanted = isDoc(body.writeConcern) ? numberOf(body.writeConcern, 'w') : undefined
  if (wanted === undefined || Number.isNaN(wanted) || wanted <= 1) return {}
  const errmsg = 'Not enough data-bearing nodes'
  return { writeConcernError: { code: 100, codeName: 'UnsatisfiableWriteConcern', errmsg } }
}

function failed(error: unknown): Doc {
  if (!(error instanceof Failure)) {
    process.stderr.write(`mongo-stand-in: ${error instanceof Error ? error.stack : String(error)}\n`)
    return { ok: 0, code: 8, codeName: 'UnknownError', errmsg: String(error) }
  }
  const { code, codeName, message, labels, details } = error
  return { ok: 0, errmsg: message, code, codeName, ...(labels.length > 0 && { errorLabels: labels }), ...details }
}

/** The time of the last commit, which drivers hand on to what they read next. */
function times({ data, identity }: Server): Doc {
  if (identity.kind === 'standalone') return {}
  const at = new BSON.Timestamp({ t: Math.floor(Date.now() / 1000), i: data.clock % 0xffff_ffff })
  const signature = { hash: new BSON.Binary(Buffer.alloc(20)), keyId: BSON.Long.ZERO }
  return { operationTime: at, $clusterTime: { clusterTime: at, signature } }
}

/** An error that a test has asked for. */
export const asked = (code: number, codeName: string, labels: string[] = []): Doc =>
  failed(new Failure({ code, codeName }, `a test has asked for ${codeName}`, labels))
