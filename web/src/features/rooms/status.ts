import { day, t, time } from '../../kernel/i18n.ts'

/** What the line under a room's name says. */
export type Status =
  | { state: 'connecting' }
  | { state: 'typing'; text: string }
  | { state: 'online'; text: string }
  | { state: 'lastSeen'; at: number }
  | { state: 'members'; text: string }
  | { state: 'none' }

const order: readonly Status['state'][] = ['connecting', 'typing', 'online', 'lastSeen', 'members', 'none']

/** The one of several that goes first: connecting, typing, online, last seen, then how many there are. */
export function foremost(found: readonly Status[]): Status {
  return [...found].sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state))[0] ?? { state: 'none' }
}

/** When somebody was last here, as the line says it: `last seen today at 21:08`. */
export function lastSeenText(at: number, now = Date.now()): string {
  const ago = Math.round((midnight(now) - midnight(at)) / 86_400_000)
  const when =
    ago <= 0
      ? t('chats.todayAt', { time: time(at) })
      : ago === 1
        ? t('chats.yesterdayAt', { time: time(at) })
        : day(at, now)
  return t('chats.lastSeen', { when })
}

const WEEK = 8 * 86_400_000

/** A date as one says since when: 3 March, and never today. */
export function dateText(at: number, now = Date.now()): string {
  return day(at, Math.max(now, at + WEEK))
}

const midnight = (at: number): number => new Date(at).setHours(0, 0, 0, 0)
