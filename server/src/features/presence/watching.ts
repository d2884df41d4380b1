import {
  openPrivacy,
  presenceChanged,
  type Presence,
  type Privacy,
  type RoomId,
  type UserId,
} from '@connectly/protocol'
import type { Live } from '../../kernel/live.ts'
import type { Reader } from '../../store/store.ts'
import { privacyOf, userTable } from '../accounts/index.ts'
import { blocksOf } from '../blocks/index.ts'
import { contactsAmong, seatTable } from '../rooms/index.ts'

/**
 * Those of these people whose presence somebody may know: both show it, they have a direct room or sit in the room that is
 * open, and neither has blocked the other.
 */
export async function mayWatch(
  store: Reader,
  me: UserId,
  userIds: readonly UserId[],
  roomId: RoomId | null,
): Promise<Set<UserId>> {
  const wanted = [...new Set(userIds)].filter((userId) => userId !== me)
  if (wanted.length === 0) return new Set()
  const [privacy, contacts, blocks, seats] = await Promise.all([
    privacyOf(store, [me, ...wanted]),
    contactsAmong(store, me, wanted),
    blocksOf(store, me),
    roomId ? store.find(seatTable, { where: { roomId, userId: { in: wanted } }, limit: wanted.length }) : [],
  ])
  const blocked = new Set(blocks.map((block) => block.otherId))
  const together = new Set(seats.map((seat) => seat.userId))
  const mine = privacy.get(me) ?? openPrivacy
  const shows = ({ presence }: Privacy, isContact: boolean) =>
    presence === 'everyone' || (presence === 'contacts' && isContact)
  return new Set(
    wanted.filter((userId) => {
      const isContact = contacts.has(userId)
      if (blocked.has(userId) || !(isContact || together.has(userId))) return false
      return shows(mine, isContact) && shows(privacy.get(userId) ?? openPrivacy, isContact)
    }),
  )
}

/** How these people are, for somebody who may know it of some of them. */
export async function presencesOf(
  store: Reader,
  live: Live,
  userIds: readonly UserId[],
  known: ReadonlySet<UserId>,
): Promise<Presence[]> {
  const away = [...known].filter((userId) => !live.isHere(userId))
  const rows =
    away.length > 0 ? await store.find(userTable, { where: { userId: { in: away } }, limit: away.length }) : []
  const seen = new Map(rows.map((row) => [row.userId, row.lastSeenAt]))
  return [...new Set(userIds)].map((userId) => {
    if (!known.has(userId)) return hidden(userId)
    if (live.isHere(userId)) return { userId, state: 'online', lastSeenAt: null }
    return { userId, state: 'offline', lastSeenAt: seen.get(userId) ?? null }
  })
}

const hidden = (userId: UserId): Presence => ({ userId, state: 'hidden', lastSeenAt: null })

/** Connections of one person stop hearing of the other, and are told that they know no more. */
export function unwatch(live: Live, watcher: UserId, userId: UserId): void {
  const theirs = live.watchersOf(userId).filter((id) => live.userOf(id) === watcher)
  for (const id of theirs) {
    const shown = live.shownBy(id)
    if (shown) live.show(id, { ...shown, userIds: shown.userIds.filter((each) => each !== userId) })
  }
  live.say(theirs, presenceChanged, hidden(userId))
}

/** Somebody shows their presence to fewer people, or to nobody: whoever may not know it any longer stops hearing of it. */
export async function review(store: Reader, live: Live, userId: UserId): Promise<void> {
  for (const watcher of new Set(live.watchersOf(userId).flatMap((id) => live.userOf(id) ?? []))) {
    const rooms = new Set(live.connectionsOf(watcher).map((id) => live.shownBy(id)?.roomId ?? null))
    const may = await Promise.all([...rooms].map((roomId) => mayWatch(store, watcher, [userId], roomId)))
    if (!may.some((known) => known.has(userId))) unwatch(live, watcher, userId)
  }
  for (const id of live.connectionsOf(userId)) {
    const shown = live.shownBy(id)
    if (!shown || shown.userIds.length === 0) continue
    const known = await mayWatch(store, userId, shown.userIds, shown.roomId)
    const lost = shown.userIds.filter((each) => !known.has(each))
    live.show(id, { ...shown, userIds: [...known] })
    for (const each of lost) live.say([id], presenceChanged, hidden(each))
  }
}

/** Somebody shows their presence to more people, or sees that of more: connections that wanted it hear of it from now on. */
export async function watchAgain(store: Reader, live: Live, userId: UserId): Promise<void> {
  for (const id of [...live.missing(userId), ...live.connectionsOf(userId)]) {
    const [shown, watcher] = [live.shownBy(id), live.userOf(id)]
    if (!shown || !watcher) continue
    const known = await mayWatch(store, watcher, shown.wanted, shown.roomId)
    const gained = new Set([...known].filter((each) => !shown.userIds.includes(each)))
    if (gained.size === 0) continue
    live.show(id, { ...shown, userIds: [...known] })
    for (const presence of await presencesOf(store, live, [...gained], gained))
      live.say([id], presenceChanged, presence)
  }
}

/** Somebody has left a room: their connections do not show it any longer, nor hear of who is there. */
export async function leaveOpenRoom(store: Reader, live: Live, userId: UserId, roomId: RoomId): Promise<void> {
  for (const id of live.connectionsOf(userId)) {
    const shown = live.shownBy(id)
    if (shown?.roomId !== roomId) continue
    // At once, before anything is asked of the store: whom it may still hear of is found out after.
    live.show(id, { ...shown, userIds: [], roomId: null })
    const known = await mayWatch(store, userId, shown.userIds, null)
    const now = live.shownBy(id)
    if (now) live.show(id, { ...now, userIds: [...new Set([...now.userIds, ...known])] })
  }
}
