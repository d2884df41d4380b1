import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { roomPlace, type RoomId } from '@connectly/protocol'
import { messageTable } from '../features/messages/index.ts'
import { newId } from '../kernel/ids.ts'
import { sessionTable } from '../kernel/tables.ts'
import { engines, type Opened } from '../store/engines.ts'
import { openReader } from '../store/sqlite/read.ts'
import { patch, type Change, type Store } from '../store/store.ts'
import { isUnfinished } from '../store/unfinished.ts'
import { checkStore } from './check-store.ts'
import { Failed } from './command.ts'
import { epochOf, failingAt, lettersOf, livedIn, type Lived } from './move-kit.ts'
import { moveStore, tablesInOrder } from './move.ts'

/* Moving itself, from every engine to every other. */

let lived: Lived
const cleanUps: (() => Promise<void>)[] = []
before(async () => {
  lived = await livedIn()
})
after(async () => {
  for (const cleanUp of cleanUps) await cleanUp()
})

for (const [from, openFrom] of Object.entries(engines)) {
  for (const [to, openTo] of Object.entries(engines)) {
    test(`a store moves from ${from} to ${to} to the letter, though every few commits fail before or after they are kept`, async () => {
      const [source, target] = [await filled(openFrom), await opened(openTo)]

      let failures = 0
      for (;;) {
        const failing = failingAt(target.store, (failures % 4) + 2, failures % 2 ? 'before' : 'after')
        const openSource = async () => staying(source.store)
        const moved = await moveStore({ openSource, target: failing, say, rows: 17 }).catch((error: unknown) => error)
        if (!(await isUnfinished(target.store))) break
        assert.ok(moved instanceof Failed, String(moved))
        assert.match(moved.message, /^The target did not take it: the line is dead\. Run the same command again/)
        failures++
      }

      assert.ok(failures > 5, `failed ${failures} times`)
      assert.deepEqual(await lettersOf(target.store), await lettersOf(source.store))
      assert.notEqual(await epochOf(target.store), await epochOf(source.store))
      assert.deepEqual(await violationsOf(target.store), [])
      assert.deepEqual(await lettersOf(await target.reopen()), await lettersOf(source.store))
    })
  }

  for (const [what, change] of [
    ['somebody says something', (): Change => saying(lived)],
    [
      'a message becomes another',
      (message: Row): Change => doing(patch(messageTable, keyOf(message), { set: edited })),
    ],
    [
      'somebody is seen',
      (_: Row, tokenHash: string): Change => doing(patch(sessionTable, { tokenHash }, { set: seen })),
    ],
  ] as const) {
    test(`a move from ${from} during which ${what} fails, and nobody starts on what came of it`, async () => {
      const [source, target] = [await filled(openFrom), await opened(engines['SQLite'] ?? openFrom)]
      const [message] = await source.store.find(messageTable, { order: [['seq', 'desc']], limit: 1 })
      const [session] = await source.store.find(sessionTable, { limit: 1 })
      let opens = 0
      const openSource = async () => {
        if (++opens === 2 && message && session) {
          const [outcome] = await source.store.commit([change(message, session.tokenHash)], Date.now())
          assert.equal(outcome?.kind, 'done')
        }
        return staying(source.store)
      }

      const moving = moveStore({ openSource, target: target.store, say })

      await assert.rejects(moving, /^Error: The source was written to while it was being moved.*--anew\.$/)
      assert.equal(await isUnfinished(target.store), true)
      assert.ok((await moveStore({ openSource, target: target.store, say, isAnew: true, isForced: true })) > 100)
    })
  }
}

for (const [to, openTo] of Object.entries(engines)) {
  test(`a move into ${to} that is cut off while it empties the target goes on only by emptying it`, async () => {
    const [source, target] = [await filled(engines['SQLite'] ?? openTo), await opened(openTo)]
    const move = { openSource: async () => staying(source.store), say, rows: 17 }
    await assert.rejects(moveStore({ ...move, target: failingAt(target.store, 30, 'after') }), /did not take it/)

    for (const nth of [1, 2, 3, 4])
      await assert.rejects(
        moveStore({ ...move, target: failingAt(target.store, nth, 'after'), isAnew: true }),
        /did not take it: the line is dead/,
      )
    await assert.rejects(moveStore({ ...move, target: target.store }), /unfinished move of another store.*--anew/)
    await moveStore({ ...move, target: target.store, isAnew: true })

    assert.deepEqual(await lettersOf(target.store), await lettersOf(source.store))
  })
}

for (const [from, openFrom] of Object.entries(engines)) {
  test(`what is said on ${from} after everything was compared is noticed as well`, async () => {
    const [source, target] = [await filled(openFrom), await opened(engines['SQLite'] ?? openFrom)]
    let isSaid: boolean | undefined
    const hear = (line: string) => {
      if (line.startsWith('Checking')) isSaid = false
    }
    const find: Store['find'] = async (table, query) => {
      if (isSaid === false) {
        isSaid = true
        await source.store.commit([saying(lived)], Date.now())
      }
      return target.store.find(table, query)
    }

    const moving = moveStore({
      openSource: async () => staying(source.store),
      target: { ...target.store, find },
      say: hear,
    })

    await assert.rejects(moving, /The source was written to while it was being moved/)
    assert.equal(isSaid, true)
    assert.equal(await isUnfinished(target.store), true)
  })
}

test('a table comes after those that it refers to', () => {
  const names = tablesInOrder().map(({ name }) => name)

  for (const table of tablesInOrder())
    for (const other of Object.values(table.refs)) assert.ok(names.indexOf(other) < names.indexOf(table.name))
  assert.equal(new Set(names).size, names.length)
})

type Row = NonNullable<typeof messageTable.row>

const edited = { body: { kind: 'text' as const, text: 'otherwise' } }
const seen = { lastUsedAt: 5 }
const keyOf = ({ roomId, seq }: Row) => ({ roomId, seq })
const say = () => undefined
const doing = (...writes: ReturnType<typeof patch>[]): Change => ({
  places: [],
  given: [],
  make: () => ({ writes, events: [], result: null }),
})

function saying({ roomId }: Lived): Change {
  const place = roomPlace(roomId)
  const make: Change['make'] = (next) => {
    const event = { ...next(place), name: 'test.said', data: {}, reacts: false }
    return { writes: [], events: [event], result: null }
  }
  return { places: [place], given: [], make }
}

async function opened(open: () => Promise<Opened>): Promise<Opened> {
  const fresh = await open()
  cleanUps.push(fresh.cleanUp)
  return fresh
}

/** A store of this engine that people have lived in, and with a place that was locked and in which nothing was said. */
async function filled(open: () => Promise<Opened>): Promise<Opened> {
  const fresh = await opened(open)
  const openSource = async () => openReader(join(lived.dataDir, 'connectly.db'))
  await moveStore({ openSource, target: fresh.store, say })
  const silent: Change = { ...doing(), places: [roomPlace(newId<RoomId>())] }
  assert.equal((await fresh.store.commit([silent], 1))[0]?.kind, 'done')
  return fresh
}

/** A store to read that is closed by somebody else. */
const staying = (store: Store) => ({ ...store, close: () => undefined })

async function violationsOf(store: Store): Promise<string[]> {
  const violations: string[] = []
  await checkStore(store, (violation) => violations.push(violation))
  return violations
}
