import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { MessageId, RoomId, RoomLine, UserId } from '@connectly/protocol'
import { newsIn } from './notice.ts'

const [me, amara] = ['me', 'amara'] as UserId[] as [UserId, UserId]
const [here, there] = ['here', 'there'] as RoomId[] as [RoomId, RoomId]
const watcher = { me, openRoomId: here, now: 1000 }

function line(roomId: RoomId, changes: Partial<RoomLine> = {}): RoomLine {
  return {
    room: { roomId, kind: 'group', name: roomId, about: '', tint: null, members: 2, createdAt: 0, rev: 1 },
    other: null,
    last: null,
    readSeq: 0,
    unreadFrom: null,
    unread: [],
    mentions: [],
    theirs: null,
    pinnedAt: null,
    mutedUntil: null,
    seq: 1,
    ...changes,
  }
}

function said(roomId: RoomId, seq: number, changes: Partial<RoomLine> = {}, authorId = amara): RoomLine {
  const last = {
    messageId: `${roomId} ${seq}` as MessageId,
    authorId,
    body: { kind: 'text', text: 'Hi' },
    at: seq,
    seq,
  }
  return line(roomId, { last: last as RoomLine['last'], unread: authorId === me ? [] : [seq], seq, ...changes })
}

const news = (before: RoomLine[], after: RoomLine[]) => {
  const byRoom = (lines: RoomLine[]) => Object.fromEntries(lines.map((each) => [each.room.roomId, each]))
  return newsIn(byRoom(before), byRoom(after), watcher)?.room.roomId ?? null
}

it('tells of what somebody says in a chat that is not open', () => {
  assert.equal(news([line(here), line(there)], [line(here), said(there, 5)]), there)
})

it('keeps quiet about the open chat, about my own words, and where nothing is new', () => {
  assert.equal(news([line(here)], [said(here, 5)]), null)
  assert.equal(news([line(there)], [said(there, 5, {}, me)]), null)
  assert.equal(news([said(there, 5)], [said(there, 5)]), null)
  assert.equal(news([said(there, 5)], [said(there, 5, { pinnedAt: 9 })]), null)
})

it('does not tell again of what is marked as unread, nor of what was read on another device already', () => {
  assert.equal(news([said(there, 5, { unread: [] })], [said(there, 5)]), null)
  assert.equal(news([line(there)], [said(there, 5, { unread: [] })]), null)
})

it('tells of a muted chat only what mentions me', () => {
  assert.equal(news([line(there)], [said(there, 5, { mutedUntil: 2000 })]), null)
  assert.equal(news([line(there)], [said(there, 5, { mutedUntil: 2000, mentions: [5] })]), there)
  assert.equal(news([line(there)], [said(there, 5, { mutedUntil: 999 })]), there)
})

it('tells of the newest where several chats hear something at once', () => {
  const third = 'third' as RoomId
  assert.equal(news([line(there), line(third)], [said(there, 5), said(third, 6)]), third)
  assert.equal(news([line(there), line(third)], [said(there, 7), said(third, 6)]), there)
})

it('says nothing of a room that has just come into the list', () => {
  assert.equal(news([], [said(there, 5)]), null)
})
