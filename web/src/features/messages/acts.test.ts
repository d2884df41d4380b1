import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Message, MessageBody, MessageId, Right, RoomId, UserId } from '@connectly/protocol'
import fc from 'fast-check'
import { actOfKey, actsOf, deletableUntil, type Rights } from './acts.ts'
import { copyText } from './copy.ts'
import { differences } from './differences.ts'
import type { MessageItem } from './layout.ts'

const hour = 60 * 60 * 1000
const member: Rights = { can: (right) => right === 'messages.send' }
const admin: Rights = { can: () => true }
const silent: Rights = { can: (_right: Right) => false }

describe('what can be done with a message', () => {
  it('is more with one’s own, and nothing that can’t be done is listed', () => {
    assert.deepEqual(actsOf(item('in'), member), ['reply', 'copy', 'unread', 'select', 'delete'])
    assert.deepEqual(actsOf(item('out'), member), ['reply', 'copy', 'edit', 'select', 'info', 'delete'])
    assert.deepEqual(actsOf(item('out'), silent), ['copy', 'select', 'info', 'delete'])
  })

  it('is little before it is sent, and another thing when it failed', () => {
    assert.deepEqual(actsOf(item('out', { state: 'sending' }), member), ['copy'])
    assert.deepEqual(actsOf(item('out', { state: 'failed' }), member), ['retry', 'revise', 'copy', 'delete'])
  })

  it('is next to nothing once it is deleted', () => {
    const gone = item('out', {}, { body: { kind: 'deleted', byId: 'me' as UserId }, deletedAt: 1 })
    assert.deepEqual(actsOf(gone, admin), ['select', 'delete'])
    assert.equal(deletableUntil([gone], admin), 'never')
  })

  it('for everyone ends 48 hours after the oldest of mine was said, and does not end with the right', () => {
    const [first, second] = [item('out', {}, { at: hour }), item('out', {}, { at: 2 * hour })]
    assert.equal(deletableUntil([second, first], member), 49 * hour)
    assert.equal(deletableUntil([first, item('in')], member), 'never')
    assert.equal(deletableUntil([first, item('in')], admin), 'always')
  })

  it('has a key each, whatever the case', () => {
    assert.deepEqual(['r', 'R', 'Delete', 'Enter', 'x'].map(actOfKey), ['reply', 'reply', 'delete', 'menu', null])
  })
})

describe('copying', () => {
  const nameOf = ({ own }: MessageItem) => (own ? 'You' : 'Amara')

  it('takes one message to the letter', () => {
    const text = '  **bold**\n\n`code` 👩‍👩‍👧‍👦\u202E '
    assert.equal(copyText([item('in', {}, { body: { kind: 'text', text } })], nameOf), text)
  })

  it('takes several with their times and authors, a line each', () => {
    const at = new Date('2026-05-20T21:08').getTime()
    const text = copyText([item('in', {}, { at }), item('out', {}, { at: at + 60_000 })], nameOf)
    assert.match(text, /^\[.*8.*\] Amara: words\n\[.*9.*\] You: words$/)
  })
})

describe('two versions of a text', () => {
  it('show which words came and which went', () => {
    assert.deepEqual(
      differences('at 7:30, side', 'at 7:25, terminal side')
        .map(({ kind }) => kind)
        .includes('same'),
      true,
    )
    assert.deepEqual(differences('one two three', 'one four three'), [
      { kind: 'same', text: 'one ' },
      { kind: 'removed', text: 'two' },
      { kind: 'added', text: 'four' },
      { kind: 'same', text: ' three' },
    ])
  })

  it('are both within the differences, whole', () => {
    const text = fc
      .array(fc.constantFrom('one', 'two', ' ', '\n', '👍', '.'), { maxLength: 30 })
      .map((all) => all.join(''))
    fc.assert(
      fc.property(text, text, (before, after) => {
        const parts = differences(before, after)
        const without = (kind: string) => parts.flatMap((part) => (part.kind === kind ? [] : part.text)).join('')
        assert.deepEqual([without('added'), without('removed')], [before, after])
      }),
    )
  })
})

function item(side: 'in' | 'out', more: Partial<MessageItem> = {}, message: Partial<Message> = {}): MessageItem {
  const body: MessageBody = { kind: 'text', text: 'words' }
  return {
    kind: 'message',
    id: 'id',
    state: 'sent',
    own: side === 'out',
    first: true,
    last: true,
    showAuthor: false,
    message: {
      messageId: 'm' as MessageId,
      roomId: 'r' as RoomId,
      authorId: (side === 'out' ? 'me' : 'amara') as UserId,
      localId: null,
      body,
      replyTo: null,
      at: 0,
      editedAt: null,
      deletedAt: null,
      seq: 1,
      rev: 1,
      checksum: '',
      ...message,
    },
    ...more,
  }
}
