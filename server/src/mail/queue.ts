import { randomInt } from 'node:crypto'
import type { Clock } from '../kernel/clock.ts'
import type { Logger } from '../kernel/logger.ts'
import type { Seals } from '../kernel/seals.ts'
import { linkTable, mailTable, type MailRow } from '../kernel/tables.ts'
import { must, patch, remove, StoreAway, type Store, type Write } from '../store/store.ts'
import { compose, type House } from './compose.ts'
import { MailDelayed, MailRefused, type Mailer } from './mail.ts'

const MINUTE = 60 * 1000
/** How soon mails leave that were just asked for, in ms, at least. */
const SOON = 20
const HOUR = 60 * MINUTE
/** How long a mail waits after each try, in ms; the last is that of all further ones. */
const WAITS = [MINUTE, 5 * MINUTE, 25 * MINUTE, 2 * HOUR, 4 * HOUR]
/** A mail that nobody took for so long is given up, in ms. */
const GIVE_UP_AFTER = 72 * HOUR
/** Mails that are looked up, and that are sent, at once. */
const AT_ONCE = 50
const SIDE_BY_SIDE = 4
/** What is being sent when the process stops gets so long, in ms; then it is left to the next try. */
const STOP_LIMIT = 3000

type Parts = { store: Store; clock: Clock; logger: Logger; seals: Seals; mailer: Mailer; house: () => House }
type Fate = 'gone' | 'kept' | 'away'

/**
 * Sends the mails that wait in the store: each at least once. A try pushes its time ahead before it begins, so that other
 * processes leave that mail alone, and a crash in the middle costs a minute. While nobody is there to hand mail to, each
 * round finds that out with one try.
 */
export function createMailQueue({ store, clock, logger, seals, mailer, house }: Parts) {
  const stopping = new AbortController()
  let running: Promise<void> | undefined
  let isWanted = false
  let waking: NodeJS.Timeout | undefined

  /** Tries all mails whose time has come. Never twice at once: asked meanwhile, it goes round once more. */
  function round(): Promise<void> {
    isWanted = true
    running ??= goRound().finally(() => (running = undefined))
    return running
  }

  function lookSoon(): void {
    waking = undefined
    round().catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : 'unknown'
      logger.warn({ reason }, 'mails could not be looked up; it is tried again later')
    })
  }

  async function goRound(): Promise<void> {
    while (isWanted && !stopping.signal.aborted) {
      isWanted = false
      const due = await store.find(mailTable, {
        where: { nextAt: { lte: clock() } },
        order: [['nextAt', 'asc']],
        limit: AT_ONCE,
      })
      isWanted ||= due.length === AT_ONCE
      for (const some of inTurns(due)) {
        const fates = await Promise.all(some.map(trySending))
        if (fates.includes('away') || stopping.signal.aborted) return
      }
    }
  }

  async function trySending(row: MailRow): Promise<Fate> {
    const { mailId, linkId } = row
    const link = linkId === null ? null : await store.get(linkTable, { linkId })
    const isVoid = link === undefined || (link !== null && link.expiresAt <= clock())
    if (row.to === '' || isVoid) return drop(row)
    const wait = WAITS[Math.min(row.tries, WAITS.length - 1)] ?? HOUR
    const claim = { tries: row.tries + 1, nextAt: clock() + wait }
    if (!(await commit(patch(mailTable, { mailId }, { set: claim, only: { nextAt: row.nextAt } })))) return 'kept'

    try {
      await mailer.send(compose(row, link, seals, house()), stopping.signal)
      return await drop(row)
    } catch (error) {
      if (error instanceof StoreAway) throw error
      return failed(row, error)
    }
  }

  async function failed(row: MailRow, error: unknown): Promise<Fate> {
    if (stopping.signal.aborted) return 'away'
    const { template: mail, mailId, tries } = row
    const fields = { mail, mailId, to: seals.hash('mail', row.to).slice(0, 12), tries: tries + 1 }
    const isKnown = error instanceof MailRefused || error instanceof MailDelayed
    // What a library says may hold the address, or what the mail says.
    const reason = isKnown ? error.message : `a fault of ours (${(error as Error).name})`
    if (error instanceof MailRefused || clock() - row.createdAt >= GIVE_UP_AFTER) {
      logger.error({ ...fields, reason }, 'a mail is given up')
      return drop(row)
    }
    const line = 'a mail could not be sent; it is tried again later'
    if (isKnown) logger.warn({ ...fields, reason }, line)
    else logger.error({ ...fields, reason }, line)
    return error instanceof MailDelayed && error.isAway ? 'away' : 'kept'
  }

  async function drop({ mailId }: MailRow): Promise<Fate> {
    await commit(remove(mailTable, { mailId }))
    return 'gone'
  }

  async function commit(write: Write): Promise<boolean> {
    const { mailId } = (write as { key: { mailId: string } }).key
    const change = {
      places: [],
      given: [must(mailTable, { mailId })],
      make: () => ({ writes: [write], events: [], result: null }),
    }
    const [outcome] = await store.commit([change], clock())
    return outcome?.kind === 'done'
  }

  return {
    isOn: mailer.isOn,
    round,
    /**
     * Looks for mails to send, in a moment: whoever asked for one has their answer by then, and cannot tell by the time it
     * took whether there is anybody to write to.
     */
    wake: (): void => {
      waking ??= setTimeout(lookSoon, SOON + randomInt(SOON * 4)).unref()
    },
    /** Lets what is being sent end, within three seconds; the rest stays for the next start. */
    stop: async (): Promise<void> => {
      isWanted = false
      clearTimeout(waking)
      const limit = setTimeout(() => stopping.abort(), STOP_LIMIT)
      await running?.catch(() => undefined)
      clearTimeout(limit)
      stopping.abort()
    },
  }
}

/** The first alone, which finds out whether anybody is there; then some side by side. */
function inTurns(rows: readonly MailRow[]): (readonly MailRow[])[] {
  const turns = [rows.slice(0, 1)]
  for (let at = 1; at < rows.length; at += SIDE_BY_SIDE) turns.push(rows.slice(at, at + SIDE_BY_SIDE))
  return turns
}
