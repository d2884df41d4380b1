import { setTimeout as sleep } from 'node:timers/promises'
import {
  MongoError,
  MongoNetworkError,
  MongoServerSelectionError,
  type ClientSession,
  type MongoClient,
  type TransactionOptions,
} from 'mongodb'
import { GROUP, MAX_TRIES, TIMEOUT } from './limits.ts'

/** What commits have met since the start. */
export type Counters = {
  /** Transactions that the server gave up for another's sake, or that lost their server, and that were tried again. */
  retries: number
  /** Commits whose end was not heard, and was asked for again. */
  unknownCommits: number
  /** Groups in which only the server knew of a row that was there already. */
  duplicates: number
}

/** All or nothing, kept by the majority and its journals, from one moment. */
export const DURABLE = { w: 'majority', journal: true, wtimeoutMS: TIMEOUT } as const
const OPTIONS: TransactionOptions = {
  readConcern: { level: 'snapshot' },
  writeConcern: DURABLE,
  readPreference: 'primary',
  maxCommitTimeMS: TIMEOUT,
}

/**
 * Runs work in a transaction and commits it, as often as it takes, within bounds. `mend` may set right what an error says,
 * so that another try makes sense. Rejects when nothing was kept, or when that cannot be known.
 */
export type Transact = <Result>(
  work: (session: ClientSession) => Promise<Result>,
  mend: (error: unknown) => Promise<boolean>,
) => Promise<Result>

export function transactionsOf(client: MongoClient, counters: Counters): Transact {
  return async (work, mend) => {
    const deadline = Date.now() + GROUP
    for (let tries = 1; ; tries++) {
      const session = client.startSession({ causalConsistency: true })
      let failure: unknown
      let isCommitting = false
      try {
        session.startTransaction(OPTIONS)
        const result = await work(session)
        isCommitting = true
        await commit(session, counters, deadline)
        return result
      } catch (error) {
        failure = error
        if (session.inTransaction()) await session.abortTransaction().catch(() => undefined)
      } finally {
        await session.endSession().catch(() => undefined)
      }
      const isUnknown = isAgain(failure, 'UnknownTransactionCommitResult')
      if (tries >= MAX_TRIES || Date.now() >= deadline || isUnknown) throw failure
      if (isAgain(failure, 'TransientTransactionError') || (!isCommitting && isLost(failure))) {
        counters.retries++
        await sleep(pause(tries))
      } else if (!(await mend(failure))) throw failure
    }
  }
}

const isAgain = (error: unknown, label: string): error is MongoError =>
  error instanceof MongoError && error.hasErrorLabel(label)

/**
 * The connection went, or no primary was to be found. The driver leaves its label off where the connection was one of a
 * pool that is being given up; before the commit is asked for, nothing can have been kept all the same.
 */
export const isLost = (error: unknown): error is MongoError =>
  error instanceof MongoNetworkError || error instanceof MongoServerSelectionError

/**
 * Commits. Where the answer did not come, the same commit is asked for again: the server does it once. What is left unknown
 * at the end is thrown, and not tried as a new transaction, which could do it a second time.
 */
async function commit(session: ClientSession, counters: Counters, deadline: number): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await session.commitTransaction()
    } catch (error) {
      const isUnknown = isAgain(error, 'UnknownTransactionCommitResult') || isLost(error)
      if (!isUnknown || Date.now() >= deadline) throw error
      counters.unknownCommits++
      await sleep(pause(tries))
    }
  }
}

/** A few ms at first, at most 100, never the same twice: two that met do not meet again. */
const pause = (tries: number) => Math.random() * Math.min(100, 2 ** Math.min(tries, 7))
