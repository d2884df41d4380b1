import {
  messageDeleted,
  messageEdited,
  messageSent,
  messagesHidden,
  placeParts,
  type Message,
  type Place,
  type RoomId,
  type UserId,
} from '@connectly/protocol'
import { fill } from '../../kernel/feature.ts'
import type { Reader } from '../../store/store.ts'
import { seatTable } from '../rooms/index.ts'
import { lastWordsOf } from './lines.ts'
import { messageTable, type MessageRow } from './messages.tables.ts'
import { rowsById, shownMessage, visibleTo } from './visible.ts'

/** What happened to messages since, as somebody sees it who comes back: what they may not see stays bare. */
export const messageFills = [
  fill(messageSent, async (store, me, entries) => {
    const found = new Map<string, Message>()
    for (const [place, seqs] of byPlace(entries, (entry) => entry.seq))
      for (const message of await seen(store, me, place, (roomId) => rowsBySeq(store, roomId, seqs)))
        found.set(`${place} ${message.seq}`, message)
    return entries.map(({ place, seq }) => ({ message: found.get(`${place} ${seq}`) ?? null }))
  }),

  ...[messageEdited, messageDeleted].map((event) =>
    fill(event, async (store, me, entries) => {
      const found = new Map<string, Message>()
      for (const [place, ids] of byPlace(entries, (entry) => entry.data.messageId))
        for (const message of await seen(store, me, place, () => rowsById(store, ids)))
          found.set(message.messageId, message)
      return entries.map(({ data: { messageId } }) => ({ messageId, message: found.get(messageId) ?? null }))
    }),
  ),

  fill(messagesHidden, async (store, userId, entries) => {
    const lasts = new Map<RoomId, Awaited<ReturnType<typeof lastWordsOf>>>()
    for (const roomId of new Set<RoomId>(entries.map((entry) => entry.data.roomId))) {
      const seat = await store.get(seatTable, { roomId, userId })
      if (seat) lasts.set(roomId, await lastWordsOf(store, seat))
    }
    return entries.map(({ data }) => ({ ...data, last: lasts.get(data.roomId) ?? null }))
  }),
]

function byPlace<Entry extends { place: Place }, Value>(
  entries: readonly Entry[],
  valueOf: (entry: Entry) => Value,
): Map<Place, Value[]> {
  const places = new Map<Place, Value[]>()
  for (const entry of entries) places.set(entry.place, [...(places.get(entry.place) ?? []), valueOf(entry)])
  return places
}

async function seen(
  store: Reader,
  userId: UserId,
  place: Place,
  read: (roomId: RoomId) => Promise<MessageRow[]>,
): Promise<Message[]> {
  const roomId = placeParts(place).id as RoomId
  const seat = await store.get(seatTable, { roomId, userId })
  return seat ? (await visibleTo(store, seat, await read(roomId))).map(shownMessage) : []
}

const rowsBySeq = (store: Reader, roomId: RoomId, seqs: readonly number[]): Promise<MessageRow[]> =>
  store.find(messageTable, { where: { roomId, seq: { in: seqs } }, limit: seqs.length })
