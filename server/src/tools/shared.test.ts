import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { deleteMessage, sendMessage, type LocalId } from '@connectly/protocol'
import { messageTable, tombstoneOf } from '../features/messages/index.ts'
import { roomTable } from '../features/rooms/index.ts'
import { openAnyway } from '../store/open.ts'
import { newMongo } from '../store/mongo/stand-in/kit.ts'
import { newDatabase } from '../store/postgres/kit.ts'
import { patch, type Store } from '../store/store.ts'
import { newId, startServer, type TestServer } from '../test-kit.ts'
import { backup } from './backup.ts'
import { migrateStore } from './migrate-store.ts'
import { epochOf, lettersOf, livedIn, moveKilledAt, type Lived } from './move-kit.ts'
import { restore } from './restore.ts'
import { PASSWORD } from './seed-people.ts'
import { seed } from './seed.ts'
import { openNamedReader, storeNamed } from './stores.ts'
import { failureOf, newDir, run } from './tools-kit.ts'
import { verify } from './verify.ts'

/* The operator's commands where everything is in a database that processes share. */

/** How to get an empty database of an engine, and the setting that names it. */
const databases = {
  PostgreSQL: { setting: 'DATABASE_URL', own: ['pg_dump', 'pg_restore'], make: newDatabase },
  MongoDB: {
    setting: 'MONGODB_URI',
    own: ['mongodump', 'mongorestore'],
    make: async () => {
      const { uri, drop } = await newMongo()
      return { url: uri, drop }
    },
  },
} as const

for (const [engine, { setting, own, make }] of Object.entries(databases)) {
  void suite(`the commands on ${engine}`, () => {
    let lived: Lived
    const drops: (() => Promise<void>)[] = []
    const servers: TestServer[] = []
    before(async () => {
      lived = await livedIn(20)
    })
    after(async () => {
      for (const server of servers) await server.stop()
      for (const drop of drops) await drop()
    })

    /** An empty database, as a setting. */
    async function fresh(): Promise<{ url: string; env: Record<string, string> }> {
      const { url, drop } = await make()
      drops.push(drop)
      return { url, env: { [setting]: url } }
    }
    const settingsOf = (url: string) => ({ databaseUrl: null, mongodbUri: null, [fieldOf(setting)]: url })
    async function serve(url: string): Promise<TestServer> {
      const server = await startServer({ config: settingsOf(url) })
      servers.push(server)
      return server
    }
    async function within<T>(url: string, work: (store: Store) => Promise<T>): Promise<T> {
      const store = await openAnyway({ dataDir: '', ...settingsOf(url) })
      try {
        return await work(store)
      } finally {
        await store.close()
      }
    }

    void test('a data folder moves there and back, and people go on where they were', async () => {
      const { url, env } = await fresh()
      const back = newDir()

      const there = await run(migrateStore, { from: lived.dataDir, to: setting }, env)
      const server = await serve(url)
      const ada = server.again(lived.ada.userId, lived.ada.token)
      const body = { kind: 'text' as const, text: 'from the new house' }
      await ada.ask(sendMessage, { roomId: lived.roomId, localId: newId<LocalId>(), body })
      await servers.pop()?.stop()
      const again = await run(migrateStore, { from: url, to: back })
      const verified = await run(verify, { data: back }, env)

      assert.match(there.said, new RegExp(`all there and the same, in .*Start Connectly with ${setting} set to it`))
      assert.match(again.said, /Start Connectly with DATA_DIR set to its folder/)
      assert.equal(verified.code, 0, verified.said)
      assert.ok(verified.said.startsWith(back), verified.said)
      for (const { said } of [there, again]) assert.equal(said.includes(url), false)
    })

    void test('killed at any commit, a move there and a move back go on when they are run again', async () => {
      const [{ url }, back] = [await fresh(), newDir()]
      const kills = [1, 2, 3, 5, 8, 13].map((nth, at) => [nth, at % 2 ? 'after' : 'before'] as const)

      for (const [from, to] of [
        [lived.dataDir, url],
        [url, back],
      ] as const) {
        for (const kill of kills) assert.equal(await moveKilledAt(from, to, ...kill), true, `${kill.join()} of ${to}`)
        assert.equal((await run(migrateStore, { from, to })).code, 0)
      }

      const one = await openNamedReader(storeNamed(lived.dataDir, {}))
      const other = await openNamedReader(storeNamed(back, {}))
      assert.deepEqual(await lettersOf(other), await lettersOf(one))
      await Promise.all([one.close(), other.close()])
    })

    void test('a server is refused while a move into its database is unfinished', async () => {
      const { url, env } = await fresh()
      const broken = await livedIn(3)
      await run(migrateStore, { from: broken.dataDir, to: setting }, env)
      const { url: other, env: otherEnv } = await fresh()
      await within(url, (store) => write(store, patch(roomTable, { roomId: broken.roomId }, { set: { members: 9 } })))

      const why = await failureOf(migrateStore, { from: url, to: other })

      assert.match(why, /not released: 1 violation/)
      await assert.rejects(serve(other), /another store is being moved into this one/i)
      assert.match((await run(verify, {}, otherEnv)).said, /^A move into this store has not come to its end\.$/m)
    })

    void test('verify reads the database that the settings name, also beside a server that writes, and finds what is wrong', async () => {
      const { url, env } = await fresh()
      await run(migrateStore, { from: lived.dataDir, to: url })
      const server = await serve(url)
      const ada = server.again(lived.ada.userId, lived.ada.token)
      let isDone = false
      const checking = run(verify, {}, env).finally(() => (isDone = true))
      while (!isDone) {
        const body = { kind: 'text' as const, text: 'meanwhile' }
        await ada.ask(sendMessage, { roomId: lived.roomId, localId: newId<LocalId>(), body })
      }
      const whole = await checking
      await servers.pop()?.stop()
      const [message] = await within(url, (store) => store.find(messageTable, { limit: 1 }))
      const { roomId, seq, messageId } = message ?? assert.fail('no message')
      const other = { body: { kind: 'text' as const, text: 'otherwise' } }
      await within(url, (store) => write(store, patch(messageTable, { roomId, seq }, { set: other })))

      const { code, said } = await run(verify, {}, env)

      assert.equal(whole.code, 0, whole.said)
      assert.match(whole.said, new RegExp(`^${engine} at .*: \\d+ messages in 3 rooms, .*: all holds\\.$`))
      assert.equal(code, 1)
      assert.match(
        said,
        new RegExp(`^Message ${messageId} .*is not what its checksum was made of\\.\n.*: 1 violation\\.$`),
      )
      assert.equal((await run(verify, { from: url }, {})).code, 1)
    })

    void test('an empty database is seeded once, and one with people of its own is not', async () => {
      const [{ url, env }, used] = [await fresh(), await fresh()]
      await run(migrateStore, { from: lived.dataDir, to: used.url })

      const first = await run(seed, {}, env)
      const second = await run(seed, {}, env)

      assert.match(first.said, new RegExp(`^${engine} at .* is seeded: 9 people`))
      assert.ok(first.said.includes(PASSWORD))
      assert.match(second.said, /is seeded already/)
      assert.equal((await run(verify, { from: url })).code, 0)
      assert.match(await failureOf(seed, {}, used.env), /There are people in .* already/)
    })

    void test('backup and restore name the database’s own tools, and say nothing of its password', async () => {
      const env = { [setting]: engine === 'PostgreSQL' ? 'postgres://ada:hunter2@db/x' : 'mongodb://ada:hunter2@db/x' }

      const [copying, restoring] = [await failureOf(backup, {}, env), await failureOf(restore, { from: 'x' }, env)]

      for (const [nth, why] of [copying, restoring].entries()) {
        assert.ok(why.startsWith(`${setting} is set: ${engine} `), why)
        assert.ok(why.includes(own[nth] ?? ''), why)
        assert.match(why, /See "Backing up a shared database" in docs\/operations\.md\./)
        assert.equal(why.includes('hunter2'), false)
      }
    })

    void test('what was deleted since a copy was made is deleted again when it comes back, under a new epoch', async () => {
      const [copied, present] = [await fresh(), await fresh()]
      await run(migrateStore, { from: lived.dataDir, to: copied.url })
      await run(migrateStore, { from: lived.dataDir, to: present.url })
      const server = await serve(present.url)
      const ada = server.again(lived.ada.userId, lived.ada.token)
      const mine = { roomId: lived.roomId, authorId: lived.ada.userId, deletedAt: null }
      const [message] = await within(copied.url, (store) =>
        store.find(messageTable, { where: mine, order: [['seq', 'desc']], limit: 1 }),
      )
      const { roomId, seq, messageId } = message ?? assert.fail('no message')
      await ada.ask(deleteMessage, { roomId, messageId })
      await servers.pop()?.stop()
      const before = await within(copied.url, epochOf)

      const { said } = await run(restore, { replaces: present.url }, copied.env)

      assert.match(said, /^1 message deleted for everyone since the backup: deleted again\.$/m)
      assert.match(said, /under a new epoch\. Start Connectly; every client starts afresh\.$/)
      assert.equal(said.includes(present.url), false)
      const forgotten = await within(copied.url, (store) => store.get(messageTable, { roomId, seq }))
      assert.deepEqual(forgotten?.body, tombstoneOf(message ?? assert.fail(), lived.ada.userId).body)
      assert.notEqual(await within(copied.url, epochOf), before)
      assert.equal((await run(verify, {}, copied.env)).code, 0)
      assert.match((await run(restore, { replaces: 'nothing' }, copied.env)).said, /under a new epoch/)
    })
  })
}

const fieldOf = (setting: string): string => (setting === 'DATABASE_URL' ? 'databaseUrl' : 'mongodbUri')

async function write(store: Store, ...writes: ReturnType<typeof patch>[]): Promise<void> {
  await store.commit([{ places: [], given: [], make: () => ({ writes, events: [], result: null }) }], 1)
}
