import type { Collection, Entry } from './collection.ts'
import type { Doc } from './values.ts'

/** A write that is not committed yet; null where the document is to be removed. */
type Pending = { collection: Collection; doc: Doc | null }

/** A transaction on one session: what it sees, and what it has written. */
export class Transaction {
  /** The commit that its snapshot was taken after; every later one is unseen. */
  readonly at: number
  readonly writes = new Map<Entry, Pending>()
  /** The collections it has touched: nobody changes their catalogue before it has ended. */
  readonly touched = new Set<Collection>()
  state: 'open' | 'committed' | 'aborted' = 'open'
  /** Resolves when it is committed or aborted. */
  readonly ended: Promise<void>
  #end: () => void = () => {}

  constructor(at: number) {
    this.at = at
    this.ended = new Promise((resolve) => (this.#end = resolve))
  }

  end(state: 'committed' | 'aborted'): void {
    this.state = state
    this.#end()
  }
}
