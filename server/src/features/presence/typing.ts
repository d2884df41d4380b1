import { MAX_TYPING_NAMES, TYPING_LASTS, typingNow, type RoomId, type UserId } from '@connectly/protocol'
import type { Live } from '../../kernel/live.ts'

/** Typing in a room is said no more often than this, in ms, however many write. */
const SAY_EVERY = 1000

type Typist = { hides: readonly UserId[]; timer: ReturnType<typeof setTimeout> }

export type Typing = ReturnType<typeof createTyping>

/** Who writes where, for as long as they say so. */
export function createTyping(live: Live) {
  const rooms = new Map<RoomId, Map<UserId, Typist>>()
  /** The two of a direct room hear it wherever they are; others where the room is open. */
  const direct = new Map<RoomId, readonly UserId[]>()

  function stop(roomId: RoomId, userId: UserId): void {
    const typists = rooms.get(roomId)
    const typist = typists?.get(userId)
    if (!typists || !typist) return
    clearTimeout(typist.timer)
    typists.delete(userId)
    if (typists.size === 0) rooms.delete(roomId)
    sayLater(roomId)
  }

  function sayLater(roomId: RoomId): void {
    live.atMostEvery(SAY_EVERY, `typing ${roomId}`, () => say(roomId))
  }

  function say(roomId: RoomId): void {
    const typists = rooms.get(roomId) ?? new Map<UserId, Typist>()
    const two = direct.get(roomId)
    if (typists.size === 0) direct.delete(roomId)
    const to = new Set([...live.viewersOf(roomId), ...(two ?? []).flatMap((userId) => live.connectionsOf(userId))])
    const concerned = new Set([...typists.values()].flatMap(({ hides }) => hides))
    const apart = [...to].filter((id) => concerned.has(live.userOf(id) as UserId))
    live.say(
      [...to].filter((id) => !apart.includes(id)),
      typingNow,
      shown(roomId, [...typists.keys()]),
    )
    for (const id of apart) {
      const seen = [...typists].filter(([, { hides }]) => !hides.includes(live.userOf(id) as UserId))
      live.say(
        [id],
        typingNow,
        shown(
          roomId,
          seen.map(([userId]) => userId),
        ),
      )
    }
  }

  return {
    /** Somebody writes. `hides` are those who shall not know. */
    begin: (roomId: RoomId, userId: UserId, hides: readonly UserId[], two: readonly UserId[] | null): void => {
      const typists = rooms.get(roomId) ?? new Map<UserId, Typist>()
      const known = typists.get(userId)
      if (known) clearTimeout(known.timer)
      const timer = setTimeout(() => stop(roomId, userId), TYPING_LASTS)
      timer.unref()
      typists.set(userId, { hides, timer })
      rooms.set(roomId, typists)
      if (two) direct.set(roomId, two)
      if (!known) sayLater(roomId)
      else live.atMostEvery(TYPING_LASTS / 2, `typing on ${roomId}`, () => say(roomId))
    },
    stop,
    /** Two people are kept apart from now on: what either was seen writing ends at once. */
    stopAll: (userIds: readonly UserId[]): void => {
      for (const [roomId, typists] of rooms) for (const userId of userIds) if (typists.has(userId)) stop(roomId, userId)
    },
  }
}

function shown(roomId: RoomId, userIds: readonly UserId[]) {
  return { roomId, userIds: userIds.slice(0, MAX_TYPING_NAMES), count: userIds.length }
}
