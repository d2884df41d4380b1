import { randomUUID } from 'node:crypto'
import type { TestContext } from 'node:test'
import { MongoClient, type Collection, type Document, type MongoClientOptions, type MongoServerError } from 'mongodb'
import { startStandIn, type StandIn, type StandInOptions } from './server.ts'

/** A row of a test: its own id, and whatever it likes. */
export type Row = Document & { _id: string }

/** A client of the official driver on a URI, closed with the test. */
export function clientOf(t: TestContext, uri: string, options: MongoClientOptions = {}): MongoClient {
  const client = new MongoClient(uri, { serverSelectionTimeoutMS: 2000, ...options })
  t.after(() => client.close())
  return client
}

/** A stand-in of its own with a collection that is there and empty. */
export async function aCollection(
  t: TestContext,
  options: StandInOptions = {},
): Promise<{ standIn: StandIn; client: MongoClient; rows: Collection<Row> }> {
  const standIn = await startStandIn(options)
  const client = new MongoClient(standIn.uri(`test_${randomUUID()}`), { serverSelectionTimeoutMS: 2000 })
  t.after(async () => {
    await client.close()
    await standIn.close()
  })
  const rows = await client.db().createCollection<Row>('rows')
  return { standIn, client, rows }
}

/** For `assert.rejects`: an error of the server with this number. */
export const coded =
  (code: number) =>
  (error: unknown): boolean =>
    (error as MongoServerError).code === code

/** For `assert.rejects`: an error with this number after which the whole transaction may be tried again. */
export const transient =
  (code: number) =>
  (error: unknown): boolean =>
    coded(code)(error) && (error as MongoServerError).hasErrorLabel('TransientTransactionError')
