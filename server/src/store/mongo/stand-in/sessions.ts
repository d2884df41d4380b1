import type { BSON } from 'mongodb'
import type { Data } from './data.ts'
import { Failure, TRANSIENT } from './failure.ts'
import type { Transaction } from './transaction.ts'
import { field, isDoc, type Doc } from './values.ts'
import { numberOf } from './wire.ts'

/** One logical session: at most one transaction or retryable write at a time, each with the next number. */
export type Session = {
  id: string
  number: number
  transaction: Transaction | null
  /** What the statements of the last retryable write answered: whoever sends it again gets the same. */
  answered: Map<number, unknown>
  /** Resolves when the last command with a number is done. */
  turn: Promise<unknown>
  expiry: NodeJS.Timeout | undefined
}

export class Sessions {
  readonly #data: Data
  readonly #lifetimeMs: number
  readonly #known = new Map<string, Session>()

  constructor(data: Data, lifetimeMs: number) {
    this.#data = data
    this.#lifetimeMs = lifetimeMs
  }

  /** The session that a command names, if it names one. */
  of(body: Doc): Session | null {
    if (!isDoc(body.lsid)) return null
    const id = idOf(body.lsid)
    let session = this.#known.get(id)
    if (!session) {
      session = { id, number: -1, transaction: null, answered: new Map(), turn: Promise.resolve(), expiry: undefined }
      this.#known.set(id, session)
    }
    return session
  }

  /** The transaction that a command belongs to, begun if it is the first. */
  enter(session: Session, body: Doc): Transaction {
    const number = numberOf(body, 'txnNumber') ?? -1
    if (body.startTransaction === true) {
      if (number === session.number)
        throw new Failure('ConflictingOperationInProgress', `transaction ${number} has been used already`)
      this.#advance(session, number)
      const transaction = this.#data.begin()
      session.transaction = transaction
      session.expiry = setTimeout(() => this.abort(session), this.#lifetimeMs).unref()
      return transaction
    }
    if (number < session.number) throw tooOld(session, number)
    const { transaction } = session
    if (number > session.number || !transaction) throw noSuchTransaction(number)
    if (transaction.state === 'aborted') throw noSuchTransaction(number)
    if (transaction.state === 'committed')
      throw new Failure('TransactionCommitted', `Transaction with { txnNumber: ${number} } has been committed.`)
    return transaction
  }

  /** Makes ready for a retryable write: the same number again finds what was answered. */
  retryable(session: Session, body: Doc): void {
    const number = numberOf(body, 'txnNumber') ?? -1
    if (number === session.number && session.transaction)
      throw new Failure('ConflictingOperationInProgress', `the number ${number} belongs to a transaction`)
    if (number !== session.number) this.#advance(session, number)
  }

  #advance(session: Session, number: number): void {
    if (number < session.number) throw tooOld(session, number)
    this.abort(session)
    session.number = number
    session.transaction = null
    session.answered.clear()
  }

  /** Commits; a transaction that is committed already stays so. */
  commit(session: Session, body: Doc): void {
    const { transaction } = session
    if (transaction?.state === 'committed' && numberOf(body, 'txnNumber') === session.number) return
    this.#data.commit(this.enter(session, body))
    clearTimeout(session.expiry)
  }

  /** Ends an open transaction without a trace. */
  abort(session: Session): void {
    clearTimeout(session.expiry)
    if (session.transaction?.state === 'open') this.#data.abort(session.transaction)
  }

  end(lsids: unknown): void {
    for (const lsid of Array.isArray(lsids) ? lsids : []) {
      const session = this.#known.get(idOf(lsid as Doc))
      if (!session) continue
      this.abort(session)
      this.#known.delete(session.id)
    }
  }

  /** Aborts what is open, as a server does that dies; what was committed or answered stays known. */
  abortAll(): void {
    for (const session of this.#known.values()) this.abort(session)
  }

  endAll(): void {
    this.abortAll()
    this.#known.clear()
  }
}

const idOf = (lsid: Doc) => (field(lsid, 'id') as BSON.Binary).toString('hex')

const noSuchTransaction = (number: number) =>
  new Failure(
    'NoSuchTransaction',
    `Given transaction number ${number} does not match any in-progress transactions, or it has been aborted.`,
    [TRANSIENT],
  )

const tooOld = (session: Session, number: number) =>
  new Failure('TransactionTooOld', `Cannot use number ${number} on a session that has used ${session.number} already.`)
