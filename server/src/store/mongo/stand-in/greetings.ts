import { BSON } from 'mongodb'
import type { Call, Identity } from './call.ts'
import type { Doc } from './values.ts'
import { MAX_MESSAGE_BYTES } from './wire.ts'
import { MAX_DOCUMENT_BYTES } from './writes.ts'

/** The name of the replica set, for a URI. */
export const SET_NAME = 'rs0'

const PROCESS_ID = new BSON.ObjectId()

/** What a driver learns about the server before anything else. */
export function hello({ identity, authentication, body }: Call): Doc {
  const { kind } = identity
  const isPrimary = kind !== 'secondary' && kind !== 'ghost'
  const isMember = kind === 'replicaSet' || kind === 'secondary'
  return {
    ...(body.hello === undefined ? { ismaster: isPrimary } : { isWritablePrimary: isPrimary }),
    helloOk: true,
    topologyVersion: { processId: PROCESS_ID, counter: BSON.Long.fromNumber(6) },
    ...(isMember && member(identity, isPrimary)),
    ...(kind === 'ghost' && { isreplicaset: true }),
    ...(kind === 'router' && { msg: 'isdbgrid' }),
    maxBsonObjectSize: MAX_DOCUMENT_BYTES,
    maxMessageSizeBytes: MAX_MESSAGE_BYTES,
    maxWriteBatchSize: 100_000,
    localTime: new Date(),
    logicalSessionTimeoutMinutes: 30,
    connectionId: 1,
    minWireVersion: 0,
    maxWireVersion: identity.wireVersion,
    readOnly: false,
    ...(authentication.isAsked && body.saslSupportedMechs !== undefined && { saslSupportedMechs: ['SCRAM-SHA-256'] }),
  }
}

function member({ announced }: Identity, isPrimary: boolean): Doc {
  return {
    hosts: [announced],
    setName: SET_NAME,
    setVersion: 1,
    secondary: !isPrimary,
    ...(isPrimary && { primary: announced, electionId: new BSON.ObjectId('7fffffff0000000000000001') }),
    me: announced,
    lastWrite: { lastWriteDate: new Date() },
  }
}

export const buildInfo = ({ identity }: Call): Doc => ({
  version: identity.version,
  versionArray: [...identity.version.split('.').map(Number), 0],
  gitVersion: 'stand-in',
  modules: [],
  bits: 64,
  debug: false,
  maxBsonObjectSize: MAX_DOCUMENT_BYTES,
  storageEngines: ['wiredTiger'],
})

export const serverStatus = ({ identity }: Call): Doc => ({
  host: identity.address,
  version: identity.version,
  process: 'mongod',
  uptime: Math.round(process.uptime()),
  localTime: new Date(),
  storageEngine: { name: 'wiredTiger', supportsCommittedReads: true, persistent: true },
})
