import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  createGroup,
  openSync,
  removeMember,
  roomPlace,
  sendMessage,
  whoAmI,
  type LocalId,
  type UserId,
} from '@connectly/protocol'
import type { Feature } from '../kernel/feature.ts'
import { befriend, newId, startServer } from '../test-kit.ts'
import { features } from './features.ts'

/** The first opening of this person waits here, after their seats were read and before they are taken. */
const gate: { userId?: UserId; reached?: () => void; opened?: Promise<void> } = {}
const gated: Feature[] = features.map((feature) => {
  const { seats } = feature
  if (!seats) return feature
  const of: typeof seats.of = async (store, userId) => {
    const found = await seats.of(store, userId)
    if (userId === gate.userId) {
      delete gate.userId
      gate.reached?.()
      await gate.opened
    }
    return found
  }
  return { ...feature, seats: { ...seats, of } }
})

test('[LG6] of two openings of one socket, the slower seats nobody who was removed meanwhile', async (t) => {
  const server = await startServer({ features: gated })
  t.after(server.stop)
  const [alice, bob] = [await server.person('alice'), await server.person('bob')]
  await befriend(alice, bob)
  const { roomId } = await alice.ask(createGroup, { localId: newId<LocalId>(), name: 'Walks', userIds: [bob.userId] })
  const place = roomPlace(roomId)
  const [seatOfAlice, seatOfBob] = [await alice.connect(), await bob.connect()]
  const [reached, opened] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  Object.assign(gate, { userId: bob.userId, reached: reached.resolve, opened: opened.promise })

  const slow = seatOfBob.ask(openSync, { epoch: null, cursors: {}, lines: {} })
  await reached.promise
  await seatOfBob.ask(openSync, { epoch: null, cursors: {}, lines: {} })
  await alice.ask(removeMember, { roomId, userId: bob.userId })
  await seatOfBob.until(() => seatOfBob.heard(place).some(({ name }) => name === 'rooms.memberRemoved'))
  opened.resolve()
  await slow
  const known = seatOfBob.heard(place).length
  await alice.ask(sendMessage, { roomId, localId: newId<LocalId>(), body: { kind: 'text', text: 'Only us now' } })
  await seatOfAlice.until(() => JSON.stringify(seatOfAlice.heard(place)).includes('Only us now'))
  await seatOfBob.ask(whoAmI, {})

  assert.equal(seatOfBob.heard(place).length, known)
})
