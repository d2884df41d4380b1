import type { Call, Handler } from './call.ts'
import * as catalogue from './catalogue.ts'
import { Failure } from './failure.ts'
import { buildInfo, hello, serverStatus } from './greetings.ts'
import * as reads from './reads.ts'
import type { Doc } from './values.ts'
import * as writes from './writes.ts'

/**
 * A command: what it does, which fields it has beside those that every command has, and which of the real one's are not
 * modelled. `inTransaction` says that the server allows it there, `writes` that it needs a primary.
 */
export type Command = {
  run: Handler
  fields: readonly string[] | 'any'
  unmodelled: readonly string[]
  inTransaction: boolean
  writes: boolean
}

const command = (run: Handler, fields = '', more: Partial<Omit<Command, 'run' | 'fields'>> = {}): Command => ({
  run,
  fields: fields === 'any' ? fields : fields.split(' '),
  unmodelled: [],
  inTransaction: false,
  writes: false,
  ...more,
})

/** Fields of any command. */
export const COMMON_FIELDS: readonly string[] = [
  '$db',
  '$clusterTime',
  '$readPreference',
  'lsid',
  'txnNumber',
  'autocommit',
  'startTransaction',
  'readConcern',
  'writeConcern',
  'maxTimeMS',
  'comment',
]

const READING = { inTransaction: true, unmodelled: ['let', 'explain'] }
const WRITING = { inTransaction: true, writes: true, unmodelled: ['let'] }
const CHANGING = { writes: true }
const VALIDATION_FIELDS = 'validator validationLevel validationAction'

export const commands: ReadonlyMap<string, Command> = new Map(
  Object.entries({
    hello: command(hello, 'any'),
    ismaster: command(hello, 'any'),
    isMaster: command(hello, 'any'),
    ping: command(() => ({})),
    buildInfo: command(buildInfo),
    buildinfo: command(buildInfo),
    serverStatus: command(serverStatus),
    getParameter: command(getParameter, 'transactionLifetimeLimitSeconds featureCompatibilityVersion'),
    saslStart: command(
      ({ authentication, body }) => authentication.start(body),
      'mechanism payload autoAuthorize options',
    ),
    saslContinue: command(({ authentication, body }) => authentication.continue(body), 'conversationId payload'),
    endSessions: command(endSessions),
    killSessions: command(endSessions),
    killAllSessions: command(({ sessions }) => (sessions.endAll(), {})),
    commitTransaction: command(commitTransaction, 'recoveryToken', { inTransaction: true }),
    abortTransaction: command(abortTransaction, 'recoveryToken', { inTransaction: true }),
    find: command(
      reads.find,
      'filter sort projection hint skip limit batchSize singleBatch collation allowDiskUse noCursorTimeout',
      { ...READING, unmodelled: ['min', 'max', 'returnKey', 'showRecordId', 'tailable', 'awaitData', 'let'] },
    ),
    getMore: command(reads.getMore, 'collection batchSize', READING),
    killCursors: command(reads.killCursors, 'cursors', READING),
    count: command(reads.count, 'query limit skip hint collation fields'),
    aggregate: command(reads.aggregate, 'pipeline cursor allowDiskUse hint collation', READING),
    insert: command(writes.insert, 'documents ordered bypassDocumentValidation stmtIds stmtId', WRITING),
    update: command(writes.update, 'updates ordered bypassDocumentValidation stmtIds stmtId', WRITING),
    delete: command(writes.remove, 'deletes ordered stmtIds stmtId', WRITING),
    findAndModify: command(
      writes.findAndModify,
      'query sort remove update new fields upsert bypassDocumentValidation collation hint stmtId',
      { ...WRITING, unmodelled: ['arrayFilters', 'let'] },
    ),
    create: command(catalogue.create, `${VALIDATION_FIELDS} collation`, {
      ...CHANGING,
      unmodelled: ['capped', 'size', 'max', 'timeseries', 'expireAfterSeconds', 'clusteredIndex', 'viewOn', 'pipeline'],
    }),
    collMod: command(catalogue.collMod, VALIDATION_FIELDS, { ...CHANGING, unmodelled: ['index'] }),
    createIndexes: command(catalogue.createIndexes, 'indexes commitQuorum', CHANGING),
    dropIndexes: command(catalogue.dropIndexes, 'index', CHANGING),
    drop: command(catalogue.drop, '', CHANGING),
    dropDatabase: command(catalogue.dropDatabase, '', CHANGING),
    listCollections: command(catalogue.listCollections, 'filter nameOnly authorizedCollections cursor'),
    listDatabases: command(catalogue.listDatabases, 'nameOnly', { unmodelled: ['filter', 'authorizedDatabases'] }),
    listIndexes: command(catalogue.listIndexes, 'cursor'),
  }),
)

function commitTransaction(call: Call): Doc {
  requireAdmin(call)
  if (!call.session) throw new Failure('InvalidOptions', 'commitTransaction must be run within a transaction')
  call.sessions.commit(call.session, call.body)
  return {}
}

function abortTransaction(call: Call): Doc {
  requireAdmin(call)
  if (!call.session) throw new Failure('InvalidOptions', 'abortTransaction must be run within a transaction')
  call.sessions.enter(call.session, call.body)
  call.sessions.abort(call.session)
  return {}
}

function requireAdmin({ name, database }: Call): void {
  if (database !== 'admin') throw new Failure('Unauthorized', `${name} may only be run against the admin database.`)
}

function endSessions({ sessions, body, name }: Call): Doc {
  sessions.end(body[name])
  return {}
}

function getParameter({ body, identity, lifetimeMs }: Call): Doc {
  const version = identity.version.split('.').slice(0, 2).join('.')
  return {
    ...(body.transactionLifetimeLimitSeconds !== undefined && { transactionLifetimeLimitSeconds: lifetimeMs / 1000 }),
    ...(body.featureCompatibilityVersion !== undefined && { featureCompatibilityVersion: { version } }),
  }
}
