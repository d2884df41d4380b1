import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { MessageId, RoomId, UserId } from '@connectly/protocol'
import { draftOf, dropDrafts, keepDraft, noDraft, type Draft } from './drafts.ts'

const [me, other] = ['me', 'me2'] as UserId[] as [UserId, UserId]
const [lisbon, oslo] = ['lisbon', 'oslo'] as RoomId[] as [RoomId, RoomId]
const draft: Draft = {
  text: 'See @Mateo',
  mentions: [{ who: other, start: 4, length: 6 }],
  replyToId: 'm1' as MessageId,
}

it('keeps a draft by person and room: words, who is meant, and what it answers', () => {
  const shelf = shelfOf()

  keepDraft(me, lisbon, draft, shelf)

  assert.deepEqual(draftOf(me, lisbon, shelf), draft)
  assert.deepEqual(draftOf(me, oslo, shelf), noDraft)
  assert.deepEqual(draftOf(other, lisbon, shelf), noDraft)
})

it('keeps nothing of a draft that was emptied, and forgets one person’s alone at sign-out', () => {
  const shelf = shelfOf()
  for (const userId of [me, other]) for (const roomId of [lisbon, oslo]) keepDraft(userId, roomId, draft, shelf)

  keepDraft(other, oslo, noDraft, shelf)
  dropDrafts(me, shelf)

  assert.deepEqual([...shelf.kept.keys()], ['connectly.draft.me2.lisbon'])
})

it('takes what it can’t read for no draft', () => {
  for (const kept of [
    '{',
    '3',
    '{"text":1,"mentions":[],"replyToId":null}',
    '{"text":"a","mentions":[{"who":"x"}],"replyToId":null}',
  ])
    assert.deepEqual(draftOf(me, lisbon, shelfOf(['connectly.draft.me.lisbon', kept])), noDraft)
})

it('lets somebody write on where nothing can be kept', () => {
  const full = { ...shelfOf(), setItem: () => assert.fail('no room') }
  assert.doesNotThrow(() => keepDraft(me, lisbon, draft, full))
})

function shelfOf(...entries: [string, string][]) {
  const kept = new Map(entries)
  return {
    kept,
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
    key: (nth: number) => [...kept.keys()][nth] ?? null,
    get length() {
      return kept.size
    },
  }
}
