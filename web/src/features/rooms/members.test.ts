import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Member, Role } from '@connectly/protocol'
import { needsHeir, byRole, joinMembers } from './members.ts'

const member = (userId: string, role: Role, joinedAt: number, rev = 1) =>
  ({ seat: { userId, role, joinedAt, rev }, person: { userId, name: userId } }) as unknown as Member
const names = (members: readonly Member[]) => members.map(({ person }) => person.name)

test('owners and admins stand first, the rest in the order they came', () => {
  const members = [member('b', 'member', 2), member('d', 'admin', 4), member('a', 'member', 1), member('c', 'owner', 3)]

  assert.deepEqual(names(byRole(members)), ['c', 'd', 'a', 'b'])
})

test('pages join without anybody standing twice, and the newer seat counts', () => {
  const joined = joinMembers(
    [member('a', 'owner', 1), member('b', 'member', 2, 5)],
    [member('b', 'member', 2), member('c', 'member', 3)],
  )

  assert.deepEqual(names(joined), ['a', 'b', 'c'])
  assert.equal(joinMembers([member('a', 'member', 1, 1)], [member('a', 'admin', 1, 2)])[0]?.seat.role, 'admin')
})

test('an heir is needed of the last owner whom others would be left without, as far as all of them are known', () => {
  const me = member('me', 'owner', 1)
  const other = member('other', 'member', 2)
  const held = (members: Member[]) => ({ me: me.seat, members })

  assert.equal(needsHeir(held([me, other]), 2), true)
  assert.equal(needsHeir(held([me, member('other', 'owner', 2)]), 2), false)
  assert.equal(needsHeir(held([me]), 1), false, 'who is alone needs none')
  assert.equal(needsHeir(held([me, other]), 3), false, 'the third might be an owner: the server knows')
  assert.equal(needsHeir({ me: member('me', 'admin', 1).seat, members: [me, other] }, 2), false)
})
