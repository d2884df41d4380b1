import {
  cancelRequest,
  declineRequest,
  leaveRoom,
  roomPlace,
  userPlace,
  type AuditId,
  type RoomId,
  type UserId,
} from '@connectly/protocol'
import type { Starting } from '../../kernel/feature.ts'
import { insert, must, patch, remove } from '../../store/store.ts'
import { placeTable } from '../../store/log-tables.ts'
import { pagesOf } from '../../store/walk.ts'
import { goneWrites, userTable, type UserRow } from '../accounts/index.ts'
import { postMail } from '../../kernel/mails.ts'
import { auditTable } from '../../kernel/tables.ts'
import { newId } from '../../kernel/ids.ts'
import { erasing, messageTable } from '../messages/index.ts'
import { requestTable } from '../requests/index.ts'
import { isOwners, MAX_ROOMS, roomTable, seatTable, type SeatRow } from '../rooms/index.ts'
import { leavingTable, type LeavingRow } from './mydata.tables.ts'

const MINUTE = 60 * 1000
const AT_ONCE = 20
/** Numbers of a room that are looked through at once for somebody's messages. */
const WINDOW = 5000
const MAX_MEMBERS_READ = 1000
const MAX_REQUESTS = 10_000

/**
 * Deletes accounts whose time has come, a step at a time, each of which may be done again after a crash: first nobody can
 * come in any more and the name is gone; then, once every room has heard that, they leave their groups, their requests
 * close, and their messages go where they asked for it.
 */
export function deleteAccounts({ store, clock, record, purge, askAs, services, logger, every }: Starting): void {
  every('leavings', MINUTE, async () => {
    const due = await store.find(leavingTable, { where: { leavesAt: { lte: clock() } }, limit: AT_ONCE })
    for (const row of due)
      await (row.isGone ? finish(row) : begin(row)).catch((error: unknown) =>
        logger.error({ error, userId: row.userId }, 'an account was not deleted to its end; it is tried again'),
      )
  })

  /** One commit: the account is nobody's, and its ways in and secrets are gone. */
  async function begin(row: LeavingRow): Promise<void> {
    const { userId } = row
    const user = await store.get(userTable, { userId })
    if (!user) return
    const { writes, event } = goneWrites(user, clock())
    const purged = await purge(store, userId)
    const { name, email: to, language, timeZone } = user
    const farewell =
      to === null ? [] : [postMail({ to, template: 'left', params: { name }, language, timeZone, now: clock() })]
    const audit = insert(auditTable, {
      auditId: newId<AuditId>(),
      at: clock(),
      actor: null,
      act: 'mydata.left',
      subject: userId,
      details: { messages: row.messages },
      requestId: '',
    })
    const outcome = await record([userPlace(userId)], [must(leavingTable, { userId }, { isGone: false })], (next) => ({
      writes: [...purged, ...writes, ...farewell, audit, patch(leavingTable, { userId }, { set: { isGone: true } })],
      events: [event(next(userPlace(userId)))],
      result: null,
    }))
    if (outcome.kind === 'done') services.mails.wake()
    logger.info({ userId, outcome: outcome.kind }, 'an account was deleted')
  }

  /** What follows, once the new name has reached every room. */
  async function finish({ userId, messages }: LeavingRow): Promise<void> {
    const place = await store.get(placeTable, { place: userPlace(userId) })
    const user = await store.get(userTable, { userId })
    if (place?.unreacted || !user) return
    await closeRequests(user)
    if (messages === 'delete') await eraseMessages(userId)
    await leaveGroups(user)
    await record([], [], () => ({ writes: [remove(leavingTable, { userId })], events: [], result: null }))
  }

  async function closeRequests(user: UserRow): Promise<void> {
    const { userId } = user
    const state = { in: ['pending', 'declined', 'muted'] as const }
    const sent = await store.find(requestTable, { where: { fromId: userId, state }, limit: MAX_REQUESTS })
    for (const { requestId } of sent) await done(askAs(user, cancelRequest, { requestId }))
    const got = await store.find(requestTable, { where: { toId: userId, state: 'pending' }, limit: MAX_REQUESTS })
    for (const { requestId } of got) await done(askAs(user, declineRequest, { requestId }))
  }

  async function leaveGroups(user: UserRow): Promise<void> {
    const seats = await store.find(seatTable, { where: { userId: user.userId }, limit: MAX_ROOMS })
    for (const { roomId } of seats) {
      const room = await store.get(roomTable, { roomId })
      if (room?.kind !== 'group') continue
      const heirId = await heirOf(roomId, user.userId)
      await done(
        askAs({ userId: user.userId, kind: user.kind }, leaveRoom, {
          roomId,
          ...(heirId && { heirId }),
        }),
      )
    }
  }

  /** The one who has sat there longest among those with the highest role. */
  async function heirOf(roomId: RoomId, userId: UserId): Promise<UserId | undefined> {
    const seats = await store.find(seatTable, {
      where: { roomId },
      order: [['joinedAt', 'asc']],
      limit: MAX_MEMBERS_READ,
    })
    const others = seats.filter((seat) => seat.userId !== userId)
    const rank = (seat: SeatRow): number => (isOwners(seat) ? 0 : seat.role === 'admin' ? 1 : 2)
    return others.toSorted((a, b) => rank(a) - rank(b))[0]?.userId
  }

  /** Everything they ever wrote, in rooms they left too: looked for room by room, so that sending needs no index for it. */
  async function eraseMessages(userId: UserId): Promise<void> {
    for await (const page of pagesOf(store, roomTable))
      for (const { roomId } of page) {
        const newest = (await store.get(placeTable, { place: roomPlace(roomId) }))?.seq ?? 0
        for (let from = 0; from < newest; from += WINDOW) await eraseWithin(roomId, userId, from)
      }
  }

  async function eraseWithin(roomId: RoomId, authorId: UserId, from: number): Promise<void> {
    const rows = await store.find(messageTable, {
      where: { roomId, authorId, deletedAt: null, seq: { gt: from, lte: from + WINDOW } },
      limit: WINDOW,
    })
    for (const row of rows.filter(({ body }) => body.kind === 'text')) {
      const { guards, make } = await erasing(store, row, authorId)
      const outcome = await record([roomPlace(roomId)], guards, make)
      if (outcome.kind !== 'done') throw new Error(`a message was not deleted: ${outcome.kind}`)
    }
  }
}

async function done(answer: Promise<{ ok: boolean; refusal?: { code: string } }>): Promise<void> {
  const { ok, refusal } = await answer
  const isOver = ['RequestClosed', 'NotFound'].includes(refusal?.code ?? '')
  if (!ok && !isOver) throw new Error(`what follows from a deleted account was refused: ${refusal?.code}`)
}
