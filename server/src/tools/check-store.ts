import { messageSent, placeParts, roomPlace, type Message, type Place, type RoomId } from '@connectly/protocol'
import { checksumOf, messageTable } from '../features/messages/index.ts'
import { roomTable, seatTable } from '../features/rooms/index.ts'
import { eventTable, placeTable } from '../store/log-tables.ts'
import type { Reader } from '../store/store.ts'
import type { Table } from '../store/table.ts'
import { rowsOf } from '../store/walk.ts'

/* What must hold in every store at every moment, on any engine, told from its rows alone. */

const ALL = Number.MAX_SAFE_INTEGER

/** Messages with their body as it is kept: one that no longer can be parsed must not hide the others. */
const keptMessages: Table<Kept> = {
  ...messageTable,
  columns: messageTable.columns.map((column) => (column.name === 'body' ? { ...column, type: 'text' } : column)),
} as Table<object> as Table<Kept>
type Kept = Omit<Message, 'body'> & { body: string }

export type Seen = { messages: number; rooms: number; events: number; places: number }
type Report = (violation: string) => void

/** Checks everything; each violation is one sentence with the ids in it. */
export async function checkStore(store: Reader, report: Report): Promise<Seen> {
  const seen = { messages: 0, rooms: 0, events: 0, places: 0 }
  for await (const room of rowsOf(store, roomTable)) {
    seen.rooms++
    const seats = await store.count(seatTable, { roomId: room.roomId }, ALL)
    if (seats !== room.members) report(`Room ${room.roomId} counts ${room.members} members and has ${seats} seats.`)
    if (room.kind === 'direct' && seats !== 2) report(`Direct room ${room.roomId} has ${seats} seats instead of two.`)
  }
  for await (const place of rowsOf(store, placeTable)) {
    seen.places++
    const said = await checkMessages(store, place.place, report)
    seen.messages += said.size
    seen.events += await checkLog(store, place, said, report)
  }
  await checkStrays(store, report)
  return seen
}

/** The messages of a room, by number. */
async function checkMessages(store: Reader, place: Place, report: Report): Promise<Map<number, string>> {
  const { kind, id } = placeParts(place)
  const said = new Map<number, string>()
  if (kind !== 'room') return said
  for await (const row of rowsOf(store, keptMessages, { fixed: { roomId: id as RoomId } })) {
    said.set(row.seq, row.messageId)
    if (row.checksum !== checksumIfReadable(row))
      report(`Message ${row.messageId} (room ${id}, number ${row.seq}) is not what its checksum was made of.`)
  }
  return said
}

function checksumIfReadable(row: Kept): string | undefined {
  try {
    return checksumOf({ ...row, body: JSON.parse(row.body) as Message['body'] })
  } catch {
    return undefined
  }
}

/** The log of a place: no number missing, none too many, time never backwards, a message for each that was sent. */
async function checkLog(
  store: Reader,
  { place, seq, lastAt }: NonNullable<typeof placeTable.row>,
  said: Map<number, string>,
  report: Report,
): Promise<number> {
  let events = 0
  let last: { seq: number; at: number } | undefined
  for await (const event of rowsOf(store, eventTable, { fixed: { place } })) {
    events++
    if (last && event.seq !== last.seq + 1) report(missing(place, last.seq + 1, event.seq - 1))
    if (last && event.at < last.at)
      report(`Place ${place}: event ${event.seq} bears an earlier time than the one before.`)
    if (event.name === messageSent.name && !said.has(event.seq))
      report(`Place ${place}: event ${event.seq} says that a message was sent, and there is none.`)
    else if (event.name !== messageSent.name && said.has(event.seq))
      report(`Message ${said.get(event.seq)} bears number ${event.seq} of ${place}, which is of another event.`)
    last = event
  }
  if (!last && seq > 0) report(`Place ${place} is at number ${seq} and has no events.`)
  if (last && last.seq < seq) report(missing(place, last.seq + 1, seq))
  if (last && last.seq > seq) report(`Place ${place} is at number ${seq}, and its log goes on to ${last.seq}.`)
  if (last && last.at > lastAt) report(`Place ${place} is at an earlier time than its last event, ${last.seq}.`)
  for (const [number, messageId] of said)
    if (number > seq) report(`Message ${messageId} bears number ${number} of ${place}, which is only at ${seq}.`)
  return events
}

function missing(place: Place, from: number, to: number): string {
  return from === to
    ? `Place ${place}: event ${from} is missing.`
    : `Place ${place}: events ${from} to ${to} are missing.`
}

/** Events and messages of places that there are none of. */
async function checkStrays(store: Reader, report: Report): Promise<void> {
  let after = ''
  for (;;) {
    const [event] = await store.find(eventTable, {
      where: { place: { gt: after as Place } },
      order: [['place', 'asc']],
      limit: 1,
    })
    if (!event) break
    after = event.place
    if (!(await store.get(placeTable, { place: event.place }))) report(`Place ${event.place} has events and no number.`)
  }
  for await (const { roomId } of rowsOf(store, roomTable))
    if (!(await store.get(placeTable, { place: roomPlace(roomId) }))) report(`Room ${roomId} has no number.`)
}
