import { MongoClient, type Document } from 'mongodb'
import type { Address } from './address.ts'
import { SELECTION } from './limits.ts'
import { HOW_TO_REPLICATE, OLDEST, tooOld } from './mistakes.ts'
import { DURABLE } from './transaction.ts'
import { StoreUnusable } from '../store.ts'

/** Connects, and makes sure that this is what the promises need: a replica set, its primary, not too old. */
export async function connect(address: Address): Promise<MongoClient> {
  const client = new MongoClient(address.uri, {
    appName: 'connectly',
    writeConcern: DURABLE,
    readConcern: { level: 'majority' },
    readPreference: 'primary',
    retryWrites: true,
    retryReads: true,
    serverSelectionTimeoutMS: SELECTION,
    connectTimeoutMS: SELECTION,
    waitQueueTimeoutMS: 10_000,
    ignoreUndefined: false,
  })
  try {
    await client.connect()
    await inspect(client, address)
    return client
  } catch (error) {
    await client.close().catch(() => undefined)
    throw error
  }
}

async function inspect(client: MongoClient, address: Address): Promise<void> {
  const admin = client.db('admin')
  const hello = await admin.command({ hello: 1 })
  const at = `MongoDB at ${address.hosts} (MONGODB_URI)`
  if (hello['msg'] === 'isdbgrid')
    throw new StoreUnusable(
      `${at} is a router of a sharded cluster, which Connectly was not made for. Name the members of a replica set.`,
    )
  if (!hello['setName'])
    throw new StoreUnusable(
      `${at} stands alone, and only a replica set has transactions. ${HOW_TO_REPLICATE}, and start Connectly again.`,
    )
  if (!hello['isWritablePrimary'])
    throw new StoreUnusable(
      `${at} is a secondary, which takes no writes. Name all members of the replica set, and leave directConnection out.`,
    )
  const { version } = await admin.command({ buildInfo: 1 })
  if (Number.parseFloat(String(version)) < Number.parseFloat(OLDEST)) throw tooOld(address, `version ${version}`)
  // Only who may watch the server is told; where it is not, w=majority still holds while a majority is up.
  const status = await admin.command({ serverStatus: 1 }).catch((): Document => ({}))
  const { storageEngine } = status as { storageEngine?: { persistent?: boolean } }
  if (storageEngine?.persistent === false)
    throw new StoreUnusable(
      `${at} keeps everything in memory, and would lose what was acknowledged. Start mongod with --storageEngine wiredTiger.`,
    )
}
