import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { LocalId, Message, MessageBody, MessageId, Person, RoomId, UserId } from '@connectly/protocol'
import { layoutMessages, withDivider, withRevised, type ListItem, type Pending } from './layout.ts'

const me = 'me' as UserId
const amara = 'amara' as UserId
const roomId = 'room' as RoomId
const noon = new Date('2026-05-20T12:00:00').getTime()
const person: Person = { userId: amara, username: 'amara', name: 'Amara Okafor', kind: 'person', createdAt: 0 }
const people = new Map([[amara, person]])

describe('the layout of messages', () => {
  it('puts one author’s words less than a minute apart into one group', () => {
    const items = layout([said(1, amara, 0), said(2, amara, 59), said(3, amara, 119), said(4, me, 120)])
    assert.deepEqual(shape(items), ['date', 'amara first', 'amara last', 'amara first last', 'me first last'])
  })

  it('begins a new group after a day, a system line or another author', () => {
    const system: MessageBody = { kind: 'system', code: 'renamed', names: ['Amara', 'Lisbon in May'] }
    const items = layout([said(1, amara, -86_400), said(2, amara, 0), said(3, amara, 1, system), said(4, amara, 2)])
    assert.deepEqual(shape(items), [
      'date',
      'amara first last',
      'date',
      'amara first last',
      'system',
      'amara first last',
    ])
    assert.equal(items[4]?.kind === 'system' && items[4].text, 'Amara renamed this group “Lisbon in May”')
  })

  it('names authors in groups only, on the first of a group, and never oneself', () => {
    const messages = [said(1, amara, 0), said(2, amara, 1), said(3, me, 2)]
    const named = (isGroup: boolean) =>
      layout(messages, [], isGroup).map((item) => item.kind === 'message' && item.showAuthor)
    assert.deepEqual(named(true), [false, true, false, false])
    assert.deepEqual(named(false), [false, false, false, false])
  })

  it('appends what waits, and drops it once the log has it, under the same id', () => {
    const before = layout([said(1, me, 0)], [waiting('local-2', 10)])
    assert.deepEqual(shape(before), ['date', 'me first', 'me last'])
    assert.equal(before[2]?.kind === 'message' && before[2].state, 'sending')

    const after = layout([said(1, me, 0), said(2, me, 10)], [waiting('local-2', 10)])
    assert.deepEqual(
      after.map((item) => item.id),
      before.map((item) => item.id),
    )
    assert.equal(after[2]?.kind === 'message' && after[2].state, 'sent')
  })

  it('does not take another person’s local id for one of mine', () => {
    assert.equal(layout([said(2, amara, 0)], [waiting('local-2', 10)]).length, 3)
  })
})

function layout(messages: Message[], pending: Pending[] = [], isGroup = false): ListItem[] {
  return layoutMessages(messages, pending, me, people, isGroup)
}

function said(
  seq: number,
  authorId: UserId,
  seconds: number,
  body: MessageBody = { kind: 'text', text: `m${seq}` },
): Message {
  const at = noon + seconds * 1000
  return {
    messageId: `id-${seq}` as MessageId,
    roomId,
    authorId,
    localId: `local-${seq}` as LocalId,
    body,
    replyTo: null,
    editedAt: null,
    deletedAt: null,
    at,
    seq,
    rev: 0,
    checksum: '',
  }
}

function waiting(localId: string, seconds: number): Pending {
  return { localId: localId as LocalId, roomId, text: 'hi', at: noon + seconds * 1000, state: 'sending' }
}

function shape(items: ListItem[]): string[] {
  return items.map((item) =>
    item.kind === 'message'
      ? [item.message.authorId, item.first && 'first', item.last && 'last'].filter(Boolean).join(' ')
      : item.kind,
  )
}

describe('the line before what is unread', () => {
  it('stands before the first unread message of others, and parts a group there', () => {
    const items = layout([said(1, amara, 0), said(2, amara, 5), said(3, amara, 9)], [], true)

    const parted = withDivider(items, { from: 2, count: 2 })

    assert.deepEqual(shape([...parted]), ['date', 'amara first last', 'unread', 'amara first', 'amara last'])
    assert.deepEqual(
      parted.map((item) => item.kind === 'message' && item.showAuthor),
      [false, true, false, true, false],
    )
  })

  it('comes before a day that begins with it, and after what I said myself since', () => {
    const items = layout([said(1, amara, -86_400), said(2, me, 0), said(3, amara, 1)])
    assert.deepEqual(shape([...withDivider(items, { from: 2, count: 1 })]).slice(3), [
      'me first last',
      'unread',
      'amara first last',
    ])

    const fresh = layout([said(1, amara, -86_400), said(2, amara, 1)])
    assert.deepEqual(shape([...withDivider(fresh, { from: 2, count: 1 })]).slice(2), [
      'unread',
      'date',
      'amara first last',
    ])
  })

  it('is not there where nothing is unread, or what is unread is not loaded', () => {
    const items = layout([said(1, amara, 0)])
    assert.equal(withDivider(items, null), items)
    assert.equal(withDivider(items, { from: 9, count: 1 }), items)
  })
})

describe('what waits', () => {
  it('shows already whom it means and what it answers', () => {
    const mentions = [{ who: amara, start: 0, length: 3 }]
    const [, item] = layout([], [{ ...waiting('local', 0), mentions, replyToId: 'id-1' as MessageId }])

    assert.equal(item?.kind === 'message' && item.message.replyTo?.messageId, 'id-1')
    assert.deepEqual(item?.kind === 'message' && item.message.body, { kind: 'text', text: 'hi', mentions })
  })
})

describe('what I said otherwise', () => {
  const body = { kind: 'text', text: 'better' } as const

  it('is on screen at once, on its way, until the log has it', () => {
    const items = layout([said(1, me, 0)])

    const [, now] = withRevised(items, new Map([['id-1' as MessageId, { body, rev: 0 }]]))
    const newer = layout([{ ...said(1, me, 0), rev: 5 }])
    const [, later] = withRevised(newer, new Map([['id-1' as MessageId, { body, rev: 0 }]]))

    assert.deepEqual(now?.kind === 'message' && [now.state, now.message.body], ['sending', body])
    assert.equal(later, newer[1])
  })
})
