import type pg from 'pg'
import type { Statement } from './sql.ts'
import { StoreAway } from '../store.ts'

/** The longest that a flight may take, in ms: longer than the server's own limits, for a way that has gone silent. */
const FLIGHT_LIMIT = 20_000
/** How long after a failed attempt the next one waits, in ms: doubled each time, up to the last. */
const FIRST_WAIT = 50
const LAST_WAIT = 1000

/**
 * The server ends, or is not one that may be used now: connection exceptions, no connection left, shut down, crashed,
 * starting, a cancelled statement, and one that has become a standby.
 */
const AWAY = /^(08...|53300|57P0[1-3]|57014|25006)$/

/** Rows as they come, one value a column, and the words the server ends a statement with. */
export type Answer = { rows: unknown[][]; command: string }

/** One connection, made anew when it is lost. What is asked meanwhile is refused at once, not kept waiting. */
export type Line = {
  /** Sends statements together; each has its own outcome. Rejects with `StoreAway` when there is no connection. */
  fly(statements: readonly Statement[]): Promise<PromiseSettledResult<Answer>[]>
  /** Sends one statement. Rejects with `StoreAway` also when the connection is lost meanwhile. */
  ask(statement: Statement): Promise<unknown[][]>
  /** How many flights are under way. */
  readonly busy: number
  /** Lets go of the connection, so that the next flight takes another: a server that may no longer be written to. */
  drop(): void
  close(): Promise<void>
}

export function openLine(connect: () => Promise<pg.Client>, first: pg.Client): Line {
  let client: pg.Client | undefined = watched(first)
  let connecting: Promise<pg.Client> | undefined
  let failed: { error: unknown; until: number; wait: number } | undefined
  let closed = false
  let busy = 0

  function watched(fresh: pg.Client): pg.Client {
    const lost = () => {
      if (client === fresh) client = undefined
    }
    fresh.on('error', lost)
    fresh.on('end', lost)
    return fresh
  }

  async function reconnect(): Promise<pg.Client> {
    if (closed) throw new Error('the store is closed')
    if (failed && performance.now() < failed.until) throw away(failed.error)
    connecting ??= connect().then(
      (fresh) => {
        failed = undefined
        connecting = undefined
        if (closed) void fresh.end()
        return (client = watched(fresh))
      },
      (error: unknown) => {
        const wait = Math.min(LAST_WAIT, failed ? failed.wait * 2 : FIRST_WAIT)
        failed = { error, wait, until: performance.now() + wait * (0.5 + Math.random()) }
        connecting = undefined
        throw away(error)
      },
    )
    return connecting
  }

  /** Statements leave as one write, and as one packet where they fit. */
  function send(on: pg.Client, statements: readonly Statement[]): Promise<Answer>[] {
    const { stream } = (on as unknown as { connection: { stream: { cork(): void; uncork(): void } } }).connection
    stream.cork()
    try {
      return statements.map((statement) => on.query({ ...statement, rowMode: 'array' }))
    } finally {
      stream.uncork()
    }
  }

  async function fly(statements: readonly Statement[]): Promise<PromiseSettledResult<Answer>[]> {
    const on = client ?? (await reconnect())
    busy++
    const limit = setTimeout(() => destroy(on), FLIGHT_LIMIT)
    try {
      return await Promise.allSettled(send(on, statements))
    } finally {
      clearTimeout(limit)
      busy--
    }
  }

  return {
    fly,
    ask: async (statement) => {
      const [answer] = await fly([statement])
      if (answer?.status === 'fulfilled') return answer.value.rows
      throw isAway(answer?.reason) ? away(answer?.reason) : answer?.reason
    },
    get busy() {
      return busy
    },
    drop: () => {
      if (client) destroy(client)
      client = undefined
    },
    close: async () => {
      closed = true
      await client?.end().catch(() => undefined)
    },
  }
}

/** A lost connection has no code of the server's, or one of the system's. */
function isAway(error: unknown): boolean {
  const { code, severity } = error as { code?: string; severity?: string }
  return severity === undefined ? !(error instanceof TypeError) : AWAY.test(code ?? '')
}

const away = (cause: unknown): StoreAway => new StoreAway((cause as Error).message, { cause })

/** Cuts a connection without a word: a polite end would wait for whoever does not answer. */
function destroy(client: pg.Client): void {
  ;(client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy()
}
