import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { MongoServerError, type Db } from 'mongodb'
import type { Address } from './address.ts'
import { keptTable, tableNamed } from './rows.ts'
import { indexesOf, indexOf, validatorOf } from './schema.ts'
import { migrations } from '../migrations/migrations.ts'
import type { Migration } from '../migrations/portable.ts'
import { StoreUnusable } from '../store.ts'
import type { Table } from '../table.ts'

/*
 * Schema changes. MongoDB makes collections and indexes one by one and takes none of them back, so every step may be done
 * again: a kill at any statement leaves what the next start goes on from. The number of a migration is written when all of
 * it is there. One process at a time; a lock says whose turn it is, and it would do no harm if two went at once.
 */

const STATE = 'schema_migrations'
type State = { _id: 'version'; number: number } | { _id: 'lock'; owner: string; until: number }

/** How long a lock holds that nobody renews, and how often its owner renews it, in ms. */
const LEASE = 15_000
const RENEWAL = 3_000
/** How long a start waits for another that migrates, as long as that one shows signs of life, in ms. */
const PATIENCE = 600_000
const GLANCE = 100

const NAMESPACE_EXISTS = 48
const DUPLICATE_KEY = 11000

/** Brings a database to the newest schema. Throws `StoreUnusable` for one of a newer Connectly, or of another program. */
export async function migrate(db: Db, address: Address): Promise<void> {
  const newest = migrations.at(-1)?.number ?? 0
  if ((await checkedVersion(db, address)) === newest) return
  await underLock(db, address, async () => {
    const version = (await checkedVersion(db, address)) ?? 0
    await state(db).updateOne({ _id: 'version' }, { $max: { number: version } }, { upsert: true })
    const fresh = new Set<string>()
    for (const migration of migrations.filter((each) => each.number > version)) {
      await run(db, migration, fresh)
      await state(db).updateOne({ _id: 'version' }, { $max: { number: migration.number } }, { upsert: true })
    }
  })
}

const state = (db: Db) => db.collection<State>(STATE)

/** The number of the schema, or undefined where there is none. */
async function checkedVersion(db: Db, address: Address): Promise<number | undefined> {
  const number = await numberIn(db)
  const newest = migrations.at(-1)?.number ?? 0
  if (number !== undefined && number > newest)
    throw new StoreUnusable(
      `The database ${address.database} in MONGODB_URI was written by a newer Connectly (schema ${number}, this one knows ${newest}). Start the newer one, or restore a backup made before it.`,
    )
  if (number !== undefined) return number
  const there = await db.listCollections({}, { nameOnly: true }).toArray()
  if (!there.some(({ name }) => isOurs(name))) return undefined
  // The number is written before the first collection is made; if it is there now, another start is making them.
  const since = await numberIn(db)
  if (since !== undefined) return since
  throw new StoreUnusable(
    `The database ${address.database} in MONGODB_URI belongs to another program: it has collections called like Connectly's. Name another database: MONGODB_URI=mongodb://HOST:27017/NAME. Nothing was changed.`,
  )
}

const numberIn = async (db: Db): Promise<number | undefined> =>
  ((await state(db).findOne({ _id: 'version' })) as { number: number } | null)?.number

const isOurs = (name: string) =>
  migrations.some(({ steps }) => steps.some((step) => step.do === 'addTable' && step.table.name === name))

/** Does a migration's steps, in order. `fresh` are the tables that were made since the lock was taken. */
async function run(db: Db, { steps }: Migration, fresh: Set<string>): Promise<void> {
  const changed = new Set<Table>()
  for (const step of steps) {
    if (step.do === 'addTable') {
      await addTable(db, step.table)
      fresh.add(step.table.name)
    } else if (step.do === 'addIndex') {
      await db.collection(step.table).createIndexes([indexOf(step.columns)])
    } else {
      const { name } = step.column
      await db
        .collection(step.table)
        .updateMany({ [name]: { $exists: false } }, { $set: { [name]: step.fill ?? null } })
      if (!fresh.has(step.table)) changed.add(tableNamed(step.table))
    }
  }
  for (const table of changed) await setValidator(db, table)
}

/**
 * Makes a collection with the validator of the newest schema: it lets rows without the later columns pass, and a new
 * database then needs no `collMod`, which takes a role more than the rest.
 */
async function addTable(db: Db, table: Table): Promise<void> {
  try {
    await db.createCollection(table.name, { validator: validatorOf(keptTable(table)) })
  } catch (error) {
    if (codeOf(error) !== NAMESPACE_EXISTS) throw error
    await setValidator(db, keptTable(table))
  }
  const indexes = indexesOf(table)
  if (indexes.length > 0) await db.collection(table.name).createIndexes(indexes)
}

const setValidator = (db: Db, table: Table) =>
  db.command({ collMod: table.name, validator: validatorOf(table), writeConcern: { w: 'majority' } })

async function underLock(db: Db, address: Address, work: () => Promise<void>): Promise<void> {
  const owner = randomUUID()
  const patience = Date.now() + PATIENCE
  while (!(await take(db, owner))) {
    if (Date.now() > patience)
      throw new StoreUnusable(
        `Another Connectly has been changing the schema of ${address.database} (MONGODB_URI) for ten minutes. Look at its log, and start this one when it is done.`,
      )
    await sleep(GLANCE)
  }
  const renewal = setInterval(() => {
    // A renewal that fails lets the lock run out, and another go on beside: every step may be done twice.
    void state(db)
      .updateOne({ _id: 'lock', owner }, { $set: { until: Date.now() + LEASE } })
      .catch(() => undefined)
  }, RENEWAL)
  try {
    await work()
  } finally {
    clearInterval(renewal)
    await state(db)
      .deleteOne({ _id: 'lock', owner })
      .catch(() => undefined)
  }
}

/** Takes the lock if nobody has it, or if whoever had it has not renewed it. */
async function take(db: Db, owner: string): Promise<boolean> {
  const now = Date.now()
  try {
    const free = { _id: 'lock' as const, until: { $lt: now } }
    const mine = { $set: { owner, until: now + LEASE } }
    const taken = await state(db).findOneAndUpdate(free, mine, { upsert: true, returnDocument: 'after' })
    return (taken as { owner?: string } | null)?.owner === owner
  } catch (error) {
    if (codeOf(error) !== DUPLICATE_KEY) throw error
    return false
  }
}

const codeOf = (error: unknown) => (error instanceof MongoServerError ? error.code : undefined)
