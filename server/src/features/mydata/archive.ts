import { Readable, type PassThrough } from 'node:stream'
import { roomPlace, type Message, type RoomId, type UserId } from '@connectly/protocol'
import { ZipFile } from 'yazl'
import type { Starting } from '../../kernel/feature.ts'
import { linkTable } from '../../kernel/tables.ts'
import { patch, remove, type Reader } from '../../store/store.ts'
import { peopleOf, userTable } from '../accounts/index.ts'
import { visibleTo, walk, type MessageRow } from '../messages/index.ts'
import { MAX_ROOMS, roomTable, seatTable, type SeatRow } from '../rooms/index.ts'
import { copyTable } from './mydata.tables.ts'
import { messagesPage, overviewPage, type RoomEntry } from './archive-page.ts'

const PAGE = 200

/** Answers the link to a copy: once. The archive is made while it is fetched; nothing of it is kept here. */
export function serveCopies({ store, clock, record, services, exports, downloads }: Starting): void {
  downloads(async (token) => {
    const linkId = services.seals.linkOf(token)
    const link = linkId === null ? undefined : await store.get(linkTable, { linkId })
    if (!link?.userId || link.purpose !== 'download' || link.expiresAt <= clock()) return null
    const copyId = String(link.data['copyId'])
    const { userId } = link
    const key = { copyId } as { copyId: NonNullable<typeof copyTable.row>['copyId'] }
    const used = [remove(linkTable, { linkId: link.linkId }), patch(copyTable, key, { set: { downloadedAt: clock() } })]
    const outcome = await record([], [], () => ({ writes: used, events: [], result: null }))
    const user = await store.get(userTable, { userId })
    if (outcome.kind !== 'done' || !user) return null
    const name = `connectly-${user.username}.zip`
    return { name, type: 'application/zip', body: await archiveOf(store, userId, exports) }
  })
}

async function archiveOf(store: Reader, userId: UserId, exports: Starting['exports']): Promise<Readable> {
  const zip = new ZipFile()
  const files = await exports(store, userId)
  const rooms = await roomsOf(store, userId)
  const add = (name: string, text: () => AsyncIterable<string>) =>
    zip.addReadStreamLazy(name, (done) => done(null, Readable.from(text())))

  zip.addBuffer(Buffer.from(overviewPage(files, rooms)), 'index.html')
  for (const [name, value] of Object.entries(files)) zip.addBuffer(Buffer.from(JSON.stringify(value, null, 2)), name)
  for (const room of rooms) {
    add(`messages/${room.file}.json`, () => asJson(messagesIn(store, room.seat)))
    add(`messages/${room.file}.html`, () => messagesPage(room, namesFor(store), messagesIn(store, room.seat)))
  }
  zip.end()
  return zip.outputStream as PassThrough
}

/** Everything this seat sees of its room, oldest first, a page at a time. */
async function* messagesIn(store: Reader, seat: SeatRow): AsyncGenerator<Message[]> {
  for (let after = 0; ;) {
    const rows = await walk(store, seat, { after }, PAGE)
    const seen: MessageRow[] = await visibleTo(store, seat, rows)
    if (seen.length > 0) yield seen.map(({ hiddenFrom: _hidden, ...message }) => message)
    const last = rows.at(-1)
    if (!last || rows.length < PAGE) return
    after = last.seq
  }
}

async function* asJson(pages: AsyncIterable<Message[]>): AsyncGenerator<string> {
  let isFirst = true
  yield '['
  for await (const page of pages) {
    yield page.map((message) => `${isFirst ? '' : ','}\n${((isFirst = false), JSON.stringify(message))}`).join('')
  }
  yield '\n]\n'
}

async function roomsOf(store: Reader, userId: UserId): Promise<RoomEntry[]> {
  const seats = await store.find(seatTable, { where: { userId }, limit: MAX_ROOMS })
  const entries: RoomEntry[] = []
  for (const seat of seats) {
    const room = await store.get(roomTable, { roomId: seat.roomId })
    if (!room) continue
    const others =
      room.kind === 'direct'
        ? await peopleOf(store, (room.directKey ?? '').split(':').filter((id) => id !== userId) as UserId[])
        : []
    entries.push({
      seat,
      name: room.name || (others[0]?.name ?? 'A chat of two'),
      kind: room.kind,
      file: fileOf(seat.roomId),
    })
  }
  return entries
}

const fileOf = (roomId: RoomId): string => roomPlace(roomId).replace('room:', 'room-')

/** Names of authors, looked up once each. */
function namesFor(store: Reader): (ids: readonly UserId[]) => Promise<ReadonlyMap<UserId, string>> {
  const known = new Map<UserId, string>()
  return async (ids) => {
    const missing = ids.filter((id) => !known.has(id))
    for (const person of await peopleOf(store, missing)) known.set(person.userId, person.name)
    return known
  }
}
