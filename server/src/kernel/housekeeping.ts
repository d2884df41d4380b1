import type { Store, Where, Write } from '../store/store.ts'
import { remove } from '../store/store.ts'
import type { Table } from '../store/table.ts'
import type { Clock } from './clock.ts'
import type { Logger } from './logger.ts'
import { answerTable, sessionTable } from './tables.ts'

const HOUR = 60 * 60 * 1000
/** A repeated ask is recognised for this long. */
const ANSWERS_KEPT = 7 * 24 * HOUR
const AT_ONCE = 200

export type Housekeeping = {
  start(): void
  stop(): Promise<void>
  /** Once over everything; answers with how many rows went. */
  sweep(): Promise<number>
}

/** Removes what has had its time: answers to asks of a week ago, and sessions that have run out. Once an hour. */
export function createHousekeeping(store: Store, clock: Clock, logger: Logger): Housekeeping {
  let timer: NodeJS.Timeout | undefined
  let running: Promise<number> = Promise.resolve(0)

  async function sweep(): Promise<number> {
    const answers = await clear(answerTable, { at: { lt: clock() - ANSWERS_KEPT } })
    const sessions = await clear(sessionTable, { expiresAt: { lte: clock() } })
    if (answers + sessions > 0) logger.info({ answers, sessions }, 'old rows were removed')
    return answers + sessions
  }

  async function clear<Row extends object>(table: Table<Row>, where: Where<Row>): Promise<number> {
    for (let gone = 0; ;) {
      const rows = await store.find(table, { where, limit: AT_ONCE })
      if (rows.length === 0) return gone
      const writes: Write[] = rows.map((row) => remove(table, keyOf(table, row)))
      await store.commit([{ places: [], given: [], make: () => ({ writes, events: [], result: null }) }], clock())
      gone += rows.length
    }
  }

  const run = () => {
    running = sweep().catch((error: unknown) => {
      logger.error({ error }, 'old rows could not be removed')
      return 0
    })
  }

  return {
    sweep,
    start: () => {
      run()
      timer = setInterval(run, HOUR)
      timer.unref()
    },
    stop: async () => {
      clearInterval(timer)
      await running
    },
  }
}

function keyOf<Row extends object>(table: Table<Row>, row: Row): Partial<Row> {
  return Object.fromEntries(table.key.map((column) => [column, row[column as keyof Row]])) as Partial<Row>
}
