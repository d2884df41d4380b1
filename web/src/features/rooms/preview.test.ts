import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Person, RoomLine, UserId } from '@connectly/protocol'
import { previewOf, tickOf, typingText } from './preview.ts'

const me = 'me' as UserId
const mateo = { userId: 'mateo', name: 'Mateo Rossi' } as unknown as Person
type Body = { kind: string; text?: string; code?: string; names?: string[]; byId?: string }
const line = (kind: 'direct' | 'group', authorId: string | null, body: Body = { kind: 'text', text: 'hello' }) =>
  ({
    room: { kind },
    last: authorId === null ? null : { authorId, body, seq: 7 },
    theirs: null,
  }) as unknown as RoomLine
const of = (given: RoomLine, more: { draft?: string; typing?: string | null; author?: Person; said?: string } = {}) =>
  previewOf({ line: given, me, draft: '', typing: null, ...more })

test('a row shows who types, else what I began, else what was said last', () => {
  const said = line('direct', 'mateo')

  assert.deepEqual(of(said, { typing: 'typing', draft: 'See' }), { kind: 'typing', text: 'typing' })
  assert.deepEqual(of(said, { draft: 'See you' }), { kind: 'draft', text: 'See you' })
  assert.deepEqual(of(said, { draft: ' \n' }), { kind: 'said', by: null, text: 'hello' })
  assert.deepEqual(of(line('direct', null)), { kind: 'quiet', text: 'Nothing said yet' })
})

test('in a group it says who said it, but not of me, of the room itself, or of what was deleted', () => {
  const system = { kind: 'system', code: 'memberLeft', names: ['Priya'] }

  assert.deepEqual(of(line('group', 'mateo'), { author: mateo }), { kind: 'said', by: 'Mateo', text: 'hello' })
  assert.deepEqual(of(line('direct', 'mateo'), { author: mateo }), { kind: 'said', by: null, text: 'hello' })
  assert.deepEqual(of(line('group', me), { author: mateo }), { kind: 'said', by: null, text: 'hello' })
  assert.deepEqual(of(line('group', 'mateo', system), { author: mateo }), { kind: 'quiet', text: 'Priya left' })
  assert.equal(of(line('group', 'mateo', { kind: 'deleted', byId: 'mateo' }), { author: mateo }).kind, 'quiet')
})

test('words that a higher storey read for it stand in place of the raw ones', () => {
  assert.deepEqual(of(line('direct', 'mateo', { kind: 'text', text: '**loud**' }), { said: 'loud' }), {
    kind: 'said',
    by: null,
    text: 'loud',
  })
})

test('who is writing: one and two by name, more by number, and in a direct room nobody else can be meant', () => {
  assert.equal(typingText('group', [], 0), null)
  assert.equal(typingText('direct', ['Amara Okafor'], 1), 'typing')
  assert.equal(typingText('group', ['Amara Okafor'], 1), 'Amara is writing')
  assert.equal(typingText('group', ['Amara Okafor', 'Mateo Rossi'], 2), 'Amara and Mateo are writing')
  assert.equal(typingText('group', ['Amara Okafor', 'Mateo Rossi', 'Priya'], 3), '3 people are writing')
  assert.equal(typingText('group', [], 1), '1 person is writing')
})

test('ticks of my last words: sent, delivered once they have it, read once they read it; others’ words have none', () => {
  const own = (theirs: { readSeq: number; deliveredSeq: number } | null) => ({ ...line('direct', me), theirs })

  assert.equal(tickOf(own(null), me), 'sent')
  assert.equal(tickOf(own({ readSeq: 6, deliveredSeq: 6 }), me), 'sent')
  assert.equal(tickOf(own({ readSeq: 6, deliveredSeq: 7 }), me), 'delivered')
  assert.equal(tickOf(own({ readSeq: 7, deliveredSeq: 7 }), me), 'read')
  assert.equal(tickOf(line('direct', 'mateo'), me), null)
  assert.equal(tickOf(line('group', me, { kind: 'system', code: 'memberLeft', names: ['I'] }), me), null)
})
