import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, suite, test } from 'node:test'
import { doing, insertInto, messages, rooms, users, type User } from '../contract.ts'
import { userRow } from './kit.ts'
import { newMongo } from './stand-in/kit.ts'
import { openMongo, type MongoStore } from './mongo.ts'
import { must, mustNot, patch, remove, type Key } from '../store.ts'

/* No value is read as an operator, and every value comes back as it was given. */

suite('a value is never an operator', () => {
  let store: MongoStore
  let cleanUp: () => Promise<void>
  const userId = randomUUID()
  before(async () => {
    const { uri, drop } = await newMongo()
    store = await openMongo(uri)
    await store.commit([doing([userRow(userId)])], 1)
    cleanUp = async () => {
      await store.close()
      await drop()
    }
  })
  after(() => cleanUp())

  const hostile: unknown[] = [
    { $gt: '' },
    { $ne: null },
    { $regex: '.*' },
    { $in: ['a'] },
    { gt: { $gt: '' } },
    { in: [{ $gt: '' }] },
    { startsWith: { $gt: '' } },
    { startsWith: /./ },
    [],
    ['a'],
    /./,
    new Date(),
    7,
    true,
  ]
  for (const value of hostile) {
    const shown = value instanceof RegExp ? String(value) : JSON.stringify(value)
    test(`${shown} where a text belongs is an error, in a read, a guard, a key, a condition and a row`, async () => {
      const key = { username: value } as Key<User>
      const tried = [
        () => store.get(users, { userId: value } as Key<User>),
        () => store.get(users, key),
        () => store.find(users, { where: key, limit: 9 }),
        () => store.count(users, key, 9),
        () => store.commit([doing([], [must(users, key)])], 1),
        () => store.commit([doing([], [must(users, { userId }, key)])], 1),
        () => store.commit([doing([], [mustNot(users, { userId: value } as Key<User>)])], 1),
        () => store.commit([doing([remove(users, key)])], 1),
        () => store.commit([doing([patch(users, { userId }, { set: { kind: 'x' }, only: key } as never)])], 1),
        () => store.commit([doing([patch(users, { userId }, { set: { username: value } } as never)])], 1),
        () => store.commit([doing([userRow(randomUUID(), { nameKey: value } as never)])], 1),
      ]

      for (const [nth, attempt] of tried.entries()) await assert.rejects(attempt, TypeError, `attempt ${nth}`)

      assert.equal((await store.get(users, { userId }))?.username, userId)
    })
  }

  test('a column that is called like an operator is not there', async () => {
    for (const name of ['$where', '$or', '_id', '_g', 'constructor', '__proto__.x'])
      await assert.rejects(store.find(users, { where: { [name]: 'x' }, limit: 1 }), TypeError)
  })

  test('JSON comes back to the letter, whatever its keys are called, and in their order', async () => {
    const roomId = randomUUID()
    const body = { $set: { 'a.b': 1 }, '': [{ $gt: '' }], z: 1, a: { $ref: null }, _id: { $oid: 'x' } }
    const row = insertInto(messages, { roomId, seq: 1, messageId: roomId, body })
    await store.commit([doing([insertInto(rooms, { roomId }), row])], 1)

    const found = await store.get(messages, { roomId, seq: 1 })

    assert.equal(JSON.stringify(found?.body), JSON.stringify(body))
    assert.equal((await store.find(messages, { where: { roomId, body }, limit: 1 })).length, 1)
  })

  test('whole numbers beyond 32 bits are exact, compare and add', async () => {
    const [roomId, most] = [randomUUID(), Number.MAX_SAFE_INTEGER]
    const counted = (members: number) => insertInto(rooms, { roomId, members })
    await store.commit([doing([counted(most - 1)]), doing([patch(rooms, { roomId }, { add: { members: 1 } })])], 1)

    const where = { roomId, members: { gt: most - 1, lte: most } }

    assert.equal((await store.find(rooms, { where, limit: 1 }))[0]?.members, most)
    await assert.rejects(store.commit([doing([patch(rooms, { roomId }, { add: { members: 1 } })])], 1), TypeError)
  })
})
