import { BSON } from 'mongodb'
import { Failure } from './failure.ts'
import type { Session } from './sessions.ts'
import type { Transaction } from './transaction.ts'
import type { Doc } from './values.ts'
import { bytesOf } from './wire.ts'

type Cursor = { docs: Doc[]; namespace: string; session: Session | null; transaction: Transaction | null }

const FIRST_BATCH = 101
const MAX_BATCH_BYTES = 16 * 1024 * 1024

/** Answers that are fetched in pieces. All of an answer is found when it is asked for. */
export class Cursors {
  readonly #open = new Map<string, Cursor>()
  #last = 0

  /** The first piece; the id is 0 where nothing is left. */
  first(cursor: Cursor, batchSize: number | undefined, isSingle: boolean): Doc {
    const batch = cut(cursor, batchSize ?? FIRST_BATCH)
    const id = BSON.Long.fromNumber(cursor.docs.length > 0 && !isSingle ? ++this.#last : 0)
    if (!id.isZero()) this.#open.set(id.toString(), cursor)
    return { cursor: { firstBatch: batch, id, ns: cursor.namespace } }
  }

  next(id: string, asked: Pick<Cursor, 'session' | 'transaction'>, batchSize: number | undefined): Doc {
    const cursor = this.#open.get(id)
    if (!cursor || (cursor.transaction && cursor.transaction.state !== 'open')) {
      this.#open.delete(id)
      throw new Failure('CursorNotFound', `cursor id ${id} not found`)
    }
    if (cursor.session !== asked.session || cursor.transaction !== asked.transaction)
      throw new Failure('Unauthorized', `cursor id ${id} was made in another session or transaction`)
    const batch = cut(cursor, batchSize ?? Infinity)
    if (cursor.docs.length === 0) this.#open.delete(id)
    return {
      cursor: { nextBatch: batch, id: BSON.Long.fromString(cursor.docs.length === 0 ? '0' : id), ns: cursor.namespace },
    }
  }

  /** Whether there was one. */
  kill(id: string): boolean {
    return this.#open.delete(id)
  }
}

/** Takes documents off the front, as many as asked for and no more than fit into an answer. */
function cut(cursor: Cursor, most: number): Doc[] {
  let [count, bytes] = [0, 0]
  for (const doc of cursor.docs) {
    bytes += bytesOf(doc)
    if (count >= most || (count > 0 && bytes > MAX_BATCH_BYTES)) break
    count += 1
  }
  return cursor.docs.splice(0, count)
}
