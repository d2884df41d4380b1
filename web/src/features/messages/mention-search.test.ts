import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { Person, UserId } from '@connectly/protocol'
import { ranked } from './mention-search.ts'

const people = [
  person('mateo', 'Mateo Rossi'),
  person('matsuda', '松田 茉莉'),
  person('amara', 'Amara Okafor'),
  person('zed', 'Özge Mattsson'),
]
const found = (query: string, everyone: string | null = null) =>
  ranked(people, query, everyone).map(({ username }) => username)

it('finds people by their name first, then by their username, then by another of their names', () => {
  assert.deepEqual(found('ma'), ['mateo', 'matsuda', 'zed'])
  assert.deepEqual(found('MÁT'), ['mateo', 'matsuda', 'zed'])
  assert.deepEqual(found('oz'), ['zed'])
  assert.deepEqual(found('松'), ['matsuda'])
  assert.deepEqual(found('x'), [])
})

it('offers everyone last, by either of its names, and only where that is allowed', () => {
  assert.deepEqual(found('', 'everyone').at(-1), 'all')
  assert.deepEqual(found('al', 'everyone'), ['all'])
  assert.deepEqual(found('eve', 'everyone'), ['all'])
  assert.deepEqual(found('al'), [])
})

it('shows each person once, and no more than six lines', () => {
  const many = Array.from({ length: 20 }, (_, nth) => person(`p${nth}`, `Pat ${nth}`))
  assert.equal(ranked([...many, ...many], 'pat', 'everyone').length, 6)
  assert.equal(ranked([...many, ...many], '', 'everyone').at(-1)?.who, 'all')
  assert.equal(ranked([...people, ...people], 'amara', null).length, 1)
})

function person(username: string, name: string): Person {
  return { userId: username as UserId, username, name, kind: 'person', createdAt: 0 }
}
