import { randomUUID } from 'node:crypto'
import { MongoClient } from 'mongodb'
import { newFaults } from './faults.ts'
import { startStandIn, type StandIn } from './server.ts'

export { startStandIn, type StandIn, type StandInOptions } from './server.ts'

/** The stand-in of this process, started when it is first asked for. */
let shared: Promise<StandIn> | undefined

/**
 * A database of its own: on the replica set that `TEST_MONGODB_URI` names, else on a stand-in in this process. There,
 * `MONGO_STAND_IN_FAULTS` may name faults, separated by commas.
 */
export async function newMongo(): Promise<{ uri: string; drop: () => Promise<void> }> {
  const database = `connectly_test_${randomUUID().replaceAll('-', '')}`
  const real = process.env.TEST_MONGODB_URI
  if (!real) {
    const named = (process.env.MONGO_STAND_IN_FAULTS ?? '').split(',').filter(Boolean)
    shared ??= startStandIn({ faults: newFaults(named) })
  }
  const uri = real ? withDatabase(real, database) : ((await shared)?.uri(database) ?? '')
  return { uri, drop: () => dropDatabase(uri) }
}

/** The URI with another database. Users are looked up where the URI says, or where its own database said so. */
export function withDatabase(uri: string, database: string): string {
  const [, server = '', before = '', options = ''] = /^([^/]+\/\/[^/?]+)\/?([^?]*)\??(.*)$/.exec(uri) ?? []
  const isNamed = /(^|&)authSource=/i.test(options) || !server.includes('@')
  const source = isNamed ? '' : `authSource=${before || 'admin'}`
  return `${server}/${database}?${[options, source].filter(Boolean).join('&')}`
}

async function dropDatabase(uri: string): Promise<void> {
  const client = new MongoClient(uri, { serverSelectionTimeoutMS: 5000 })
  try {
    await client.db().dropDatabase()
  } finally {
    await client.close()
  }
}
