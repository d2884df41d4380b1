import { onlineCounted, openPrivacy, roomCounted, type RoomId, type UserId } from '@connectly/protocol'
import type { Live } from '../../kernel/live.ts'
import type { Reader } from '../../store/store.ts'
import { privacyOf } from '../accounts/index.ts'

/** Numbers are said once a second at most; large ones, which nobody reads to the last digit, every five. */
const SAY_EVERY = 1000
const SAY_LARGE_EVERY = 5000
const LARGE = 500

export type Counts = ReturnType<typeof createCounts>

/** How many people are here, in all and in the rooms that are open somewhere. Who does not show it is not counted. */
export function createCounts(live: Live, store: Reader) {
  const unseen = new Set<UserId>()
  const said = new Map<RoomId, { online: number; at: number }>()
  let saidOnline = -1

  const online = () => [...live.everybody()].filter((userId) => !unseen.has(userId)).length
  const inRoom = (roomId: RoomId) => [...live.hereIn(roomId)].filter((userId) => !unseen.has(userId)).length
  const pace = (size: number) => (size > LARGE ? SAY_LARGE_EVERY : SAY_EVERY)

  function sayOnline(): void {
    const count = online()
    if (count === saidOnline) return
    saidOnline = count
    live.sayToAll(onlineCounted, { online: count })
  }

  async function sayRooms(): Promise<void> {
    const open = new Set(live.openRooms())
    live.forgetRooms(open)
    await live.refresh([...open])
    for (const roomId of said.keys()) if (!open.has(roomId)) said.delete(roomId)
    let isPostponed = false
    for (const roomId of open) {
      const count = inRoom(roomId)
      const last = said.get(roomId)
      if (last?.online === count) continue
      if (last && performance.now() - last.at < pace(count)) {
        isPostponed = true
        continue
      }
      said.set(roomId, { online: count, at: performance.now() })
      live.say(live.viewersOf(roomId), roomCounted, { roomId, online: count })
    }
    if (isPostponed) soon()
  }

  /** Somebody came, went, or shows themselves otherwise. */
  function soon(): void {
    live.atMostEvery(pace(saidOnline), 'online', sayOnline)
    live.atMostEvery(SAY_EVERY, 'rooms', () => void sayRooms())
  }

  return {
    online,
    inRoom,
    soon,
    /** Learns whether somebody shows themselves. */
    know: async (userId: UserId): Promise<void> => {
      const { presence } = (await privacyOf(store, [userId])).get(userId) ?? openPrivacy
      if (presence === 'nobody') unseen.add(userId)
      else unseen.delete(userId)
      soon()
    },
    forget: (userId: UserId): void => {
      unseen.delete(userId)
      soon()
    },
  }
}
