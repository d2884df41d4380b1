import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { signIn } from '@connectly/protocol'
import { metaTable } from '../kernel/tables.ts'
import { openSqlite } from '../store/sqlite/sqlite.ts'
import { patch } from '../store/store.ts'
import { askerAt } from './asker.ts'
import { PASSWORD, people } from './seed-people.ts'
import { seed } from './seed.ts'
import { failureOf, newDir, read, run, start, stop } from './tools-kit.ts'

test('an empty folder is seeded once: everybody can sign in, and finds rooms, messages and a request', async () => {
  const data = newDir()

  const first = await run(seed, { data })
  const { messages, violations } = await read(join(data, 'connectly.db'))
  const second = await run(seed, { data })
  const again = await read(join(data, 'connectly.db'))

  assert.match(first.said, /is seeded: 9 people, 9 conversations, \d{3} messages\.\n/)
  assert.match(second.said, /is seeded already\.\n/)
  for (const { said } of [first, second])
    for (const word of [PASSWORD, ...Object.keys(people), ...Object.values(people)])
      assert.ok(said.includes(word), word)
  assert.deepEqual(violations, [])
  assert.deepEqual(again.messages, messages)
  assert.ok(messages.every(({ at }) => at <= Date.now()))
  assert.ok(new Set(messages.map(({ at }) => new Date(at).toISOString().slice(0, 10))).size > 3)

  const server = await start(data)
  for (const username of Object.keys(people)) await askerAt(server.url).ask(signIn, { username, password: PASSWORD })
  const alice = askerAt(server.url)
  await alice.ask(signIn, { username: 'alice', password: PASSWORD })
  await stop(server)
})

test('a seeding that was cut off goes on, and nothing is there twice', async () => {
  const data = newDir()
  await run(seed, { data })
  const file = join(data, 'connectly.db')
  const before = await read(file)
  const store = openSqlite(file)
  const begun = patch(metaTable, { name: 'seeded' }, { set: { value: 'begun' } })
  await store.commit([{ places: [], given: [], make: () => ({ writes: [begun], events: [], result: null }) }], 1)
  await store.close()

  const { said } = await run(seed, { data })
  const after = await read(file)

  assert.match(said, /is seeded: /)
  assert.deepEqual(after, before)
})

test('a folder with people of its own, one that is in use, and production are not seeded', async () => {
  const server = await start()
  await server.person('mallory')

  assert.match(await failureOf(seed, { data: server.dataDir }), /Another Connectly already uses/)
  await stop(server)
  assert.match(await failureOf(seed, { data: server.dataDir }), /There are people in .* already/)
  assert.match(await failureOf(seed, { data: newDir() }, { NODE_ENV: 'production' }), /does not run with NODE_ENV/)
})
