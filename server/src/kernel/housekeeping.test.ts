import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createGroup, type LocalId, whoAmI } from '@connectly/protocol'
import { newId, startServer } from '../test-kit.ts'
import { createHousekeeping } from './housekeeping.ts'
import { createLogger } from './logger.ts'
import { answerTable, sessionTable } from './tables.ts'

const DAY = 24 * 60 * 60 * 1000

test('answers are kept for seven days and sessions until they run out, and neither a moment less', async () => {
  await using server = await withClock()
  const alice = await server.person('alice')
  await alice.ask(createGroup, { localId: newId<LocalId>(), name: 'Walks', userIds: [] })
  const house = createHousekeeping(server.app.store, server.clock, createLogger('fatal'))

  server.at(Date.now() + 7 * DAY - 60_000)
  assert.equal(await house.sweep(), 0)
  await alice.ask(whoAmI, {})
  server.at(Date.now() + 7 * DAY + 60_000)
  assert.equal(await house.sweep(), 1)
  assert.equal(await server.app.store.count(answerTable, {}, 9), 0)
  assert.equal(await server.app.store.count(sessionTable, {}, 9), 1)
  server.at(Date.now() + 38 * DAY)
  assert.equal(await house.sweep(), 1)
  assert.equal(await server.app.store.count(sessionTable, {}, 9), 0)
})

async function withClock() {
  let now = Date.now()
  const clock = () => now
  const server = await startServer({ clock })
  return { ...server, clock, at: (time: number) => void (now = time), [Symbol.asyncDispose]: server.stop }
}
