import assert from 'node:assert/strict'
import { test } from 'node:test'
import { roles, type Role, type Seat } from '@connectly/protocol'
import { actsOn, can, type MemberAct } from './can.ts'

const seat = (role: Role, userId: string = role) => ({ role, userId }) as unknown as Seat

test('a member writes, an admin also brings people and changes the group, only an owner gives roles', () => {
  assert.deepEqual(
    roles.map((role) => [role, can(seat(role), 'rooms.addMember'), can(seat(role), 'rooms.setRole')]),
    [
      ['owner', true, true],
      ['admin', true, false],
      ['member', false, false],
    ],
  )
  for (const role of roles) assert.equal(can(seat(role), 'messages.send'), true)
  assert.equal(can(null, 'messages.send'), false)
})

test('what one may do with another: nobody with themselves, and only those of a lower role are removed', () => {
  const table: Record<Role, Record<Role, MemberAct[]>> = {
    owner: {
      owner: [],
      admin: ['makeMember', 'handOver', 'remove'],
      member: ['makeAdmin', 'handOver', 'remove'],
    },
    admin: { owner: [], admin: [], member: ['remove'] },
    member: { owner: [], admin: [], member: [] },
  }
  for (const mine of roles)
    for (const theirs of roles)
      assert.deepEqual(actsOn(seat(mine, 'me'), seat(theirs, 'them')), table[mine][theirs], `${mine} with ${theirs}`)

  assert.deepEqual(actsOn(seat('owner', 'me'), seat('member', 'me')), [])
  assert.deepEqual(actsOn(null, seat('member')), [])
})
