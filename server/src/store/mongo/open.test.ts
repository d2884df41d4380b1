import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { after, suite, test, type TestContext } from 'node:test'
import fc from 'fast-check'
import { MongoClient, type Db } from 'mongodb'
import { doing, insertInto, messages, rooms, users } from '../contract.ts'
import { migrations } from '../migrations/migrations.ts'
import { migratedTables } from '../migrations/schema.ts'
import { readAddress } from './address.ts'
import { idOf } from './rows.ts'
import { newMongo, startStandIn, type StandIn, type StandInOptions } from './stand-in/kit.ts'
import { openMongo } from './mongo.ts'
import { StoreUnusable } from '../store.ts'

/* Opening a MongoDB database: what is refused with one line, and how it comes to the newest schema. */

const closing: (() => unknown)[] = []
after(async () => {
  for (const close of closing) await close()
})

/** Opening fails with one line that says this, names the setting, and never shows the password. */
async function failsWith(uri: string, ...says: RegExp[]): Promise<void> {
  const error = await openMongo(uri).then(
    async (store) => store.close().then(() => assert.fail('it opened')),
    (reason: unknown) => reason,
  )
  assert.ok(error instanceof StoreUnusable, String(error))
  for (const pattern of says) assert.match(error.message, pattern)
  assert.match(error.message, /MONGODB_URI/)
  assert.match(error.message, /^[^\n]+[^.?][.?]$/)
  assert.doesNotMatch(error.message, /hu?sh/)
}

async function standIn(options: StandInOptions = {}): Promise<StandIn> {
  const server = await startStandIn(options)
  closing.push(() => server.close())
  return server
}

async function listening(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1')
  await new Promise((done) => server.once('listening', done))
  closing.push(() => server.close())
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

suite('an address is refused', () => {
  const cases: [uri: string, says: RegExp][] = [
    ['mongo://ada:hush@h/connectly', /cannot be read/],
    ['mongodb://ada:hu@sh@h/connectly', /cannot be read.*%40/],
    ['mongodb://ada:hu:sh@h/connectly', /cannot be read.*%3A/],
    ['mongodb://ada:hush@h/connectly?sll=true', /cannot be read.*sll/],
    ['mongodb://ada:hush@h/con.nectly', /"con.nectly" cannot be the name/],
    ['mongodb://ada:hush@h/connectly?w=1', /w=1: .* could be lost/],
    ['mongodb://ada:hush@h/connectly?w=0', /w=0/],
    ['mongodb://ada:hush@h/connectly?journal=false', /journal=false: .* power/],
    ['mongodb://ada:hush@h/connectly?readPreference=secondary', /readPreference=secondary/],
    ['mongodb://ada:hush@h/connectly?readPreference=primaryPreferred', /readPreference=primaryPreferred/],
    ['mongodb://ada:hush@h/connectly?readConcernLevel=local', /readConcernLevel=local/],
    ['mongodb://ada:hush@h/connectly?retryWrites=false', /retryWrites=false/],
    ['mongodb://ada:hush@h/connectly?retryReads=false', /retryReads=false/],
    ['mongodb://ada:hush@h/connectly?loadBalanced=true', /loadBalanced=true/],
  ]
  for (const [uri, says] of cases) test(`for ${uri.replace(/^.*(@h\/|:\/\/)/, '')}`, () => failsWith(uri, says))

  test('and taken with what does not weaken it; without a database it is connectly', () => {
    const strong = 'w=majority&journal=true&readPreference=primary&readConcernLevel=majority&retryWrites=true'

    const address = readAddress(`mongodb://ada:hush@one:1,two:2/?replicaSet=rs0&${strong}`)

    assert.equal(address.database, 'connectly')
    assert.equal(address.hosts, 'one:1, two:2')
    assert.equal(address.scrub('no mongodb://ada:hush@one:1 for hush'), 'no mongodb://***@one:1 for ***')
    assert.equal(readAddress('mongodb://one/chat').database, 'chat')
  })
})

suite('a server is refused', { concurrency: true }, () => {
  test('that stands alone, whether or not the address names a replica set', async () => {
    const { address, uri } = await standIn({ kind: 'standalone' })

    await Promise.all([
      failsWith(uri('connectly'), /stands alone/, /--replSet rs0/, /rs\.initiate\(\)/),
      failsWith(`mongodb://${address}/connectly`, /stands alone/),
      failsWith(`mongodb://${address}/?replicaSet=rs0`, /not a member of a replica set called rs0/, /--replSet/),
    ])
  })

  test('that is a secondary, or a set without a primary', async () => {
    const { address, uri } = await standIn({ kind: 'secondary' })

    await failsWith(`mongodb://${address}/connectly?directConnection=true`, /is a secondary/)
    await failsWith(uri('connectly'), /no primary/, /rs\.status\(\)/)
  })

  test('that is too old, by its number or by what its driver speaks', async () => {
    for (const version of ['4.0', '4.4', '5.0'] as const)
      await failsWith((await standIn({ version })).uri('connectly'), /6\.0 or newer/)
  })

  test('that does not know the name or the password, or asks for them', async () => {
    const { address, uri } = await standIn({ user: { name: 'ada', password: 'right', rights: 'readWrite' } })

    await failsWith(uri('connectly').replace('right', 'hush'), /refuses the name or the password/, /authSource=admin/)
    await failsWith(`mongodb://${address}/connectly?replicaSet=rs0`, /name and a password/)
  })

  test('where the user may not write, or nothing at all', async () => {
    for (const rights of ['read', 'none'] as const) {
      const { uri } = await standIn({ user: { name: 'ada', password: 'hush', rights } })

      await failsWith(uri('connectly'), /does not let this user work in the database connectly/, /readWrite/)
    }
  })

  test('where nobody listens, at a host that is not known, and where somebody listens and is silent', async () => {
    const nobody = createServer()
    const address = await listening(nobody)
    await closing.pop()?.()

    await Promise.all([
      failsWith(`mongodb://ada:hush@${address}/connectly`, /Nobody answers/),
      failsWith('mongodb://ada:hush@nobody.invalid/connectly', /not known/),
      failsWith(`mongodb://ada:hush@${await listening(createServer())}/connectly`, /did not answer within 5 s/),
    ])
  })

  test('that does not speak TLS when asked to', async () => {
    const { address } = await standIn()

    await failsWith(`mongodb://${address}/connectly?replicaSet=rs0&tls=true`, /MongoDB at 127\.0\.0\.1/)
  })
})

/** A document as it lies there, whatever it is. */
type Raw = { _id: string; [column: string]: unknown }

/** A database of its own, with a plain client beside the engine. */
async function aDatabase(t: TestContext): Promise<{ uri: string; db: Db }> {
  const { uri, drop } = await newMongo()
  const client = new MongoClient(uri)
  t.after(async () => {
    await client.close()
    await drop()
  })
  return { uri, db: client.db() }
}

/** Everything that was made: collections with their validators, and their indexes. */
async function schemaOf(db: Db): Promise<Record<string, unknown>> {
  const schema: Record<string, unknown> = {}
  for (const { name, options } of (await db.listCollections().toArray()) as { name: string; options?: object }[]) {
    const indexes = await db.collection(name).listIndexes().toArray()
    schema[name] = { options, indexes: indexes.toSorted((a, b) => (String(a['name']) < String(b['name']) ? -1 : 1)) }
  }
  return Object.fromEntries(Object.entries(schema).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

const opened = async (uri: string) => (await openMongo(uri)).close()

suite('a database comes to the newest schema', () => {
  test('with a validator for every column and an index for every key, unique set and reference', async (t) => {
    const { uri, db } = await aDatabase(t)

    await opened(uri)

    const schema = (await schemaOf(db)) as Record<string, { indexes: { key: object; unique?: boolean }[] }>
    for (const table of migratedTables().values()) {
      const keys =
        schema[table.name]?.indexes.map(({ key, unique }) => `${Object.keys(key).join()}${unique ? '!' : ''}`) ?? []
      const starts = (names: readonly string[]) =>
        keys.some((key) => `${key.replace('!', '')},`.startsWith(`${names.join()},`))
      if (table.key.length > 1) assert.ok(starts(table.key), `${table.name} by its key`)
      for (const names of table.indexes) assert.ok(starts(names), `${table.name} by ${names.join()}`)
      for (const column of Object.keys(table.refs)) assert.ok(starts([column]), `${table.name} by ${column}`)
      for (const names of table.unique)
        assert.ok(keys.includes(`${names.join()}!`), `${table.name}: ${names.join()} once`)
    }
    assert.ok(schema['places']?.indexes.some(({ key }) => 'lastAt' in key))
    await assert.rejects(db.collection<Raw>('rooms').insertOne({ _id: 'x' }), { code: 121 })
  })

  test('when two start at once, and when somebody died while it had the turn', async (t) => {
    const { uri, db } = await aDatabase(t)
    const state = db.collection<{ _id: string }>('schema_migrations')
    const until = Date.now() + 500
    await state.insertOne({ _id: 'lock', owner: 'dead', until } as never)

    await Promise.all([opened(uri), opened(uri)])

    assert.ok(Date.now() >= until)
    assert.deepEqual(await state.find().toArray(), [{ _id: 'version', number: migrations.at(-1)?.number }])
  })

  test('from wherever a start was cut off: at each command, it is whole after the next', async () => {
    const server = await standIn()
    const client = new MongoClient(server.uri('whole'))
    closing.unshift(() => client.close())
    await opened(server.uri('whole'))
    const whole = await schemaOf(client.db('whole'))
    let cut = 0

    for (const command of ['findAndModify', 'create', 'createIndexes', 'collMod', 'update']) {
      for (let nth = 0; ; nth += 3) {
        const database = `cut_${randomUUID()}`
        const fault = { command, times: 1, do: 'fail', code: 8, codeName: 'UnknownError' } as const
        server.faults.commands.push({ command, times: nth, do: 'delay', ms: 0 }, fault)
        const end = await opened(server.uri(database)).then(
          () => 'whole',
          () => 'cut',
        )
        server.faults.commands.length = 0
        if (end === 'whole') break
        cut++
        await opened(server.uri(database))
        assert.deepEqual(await schemaOf(client.db(database)), whole, `${command} ${nth}`)
      }
    }

    assert.ok(cut > 12, String(cut))
  })

  test('from an older one: rows that are there get what the migration fills in, and its validator takes over', async (t) => {
    const { uri, db } = await aDatabase(t)
    await opened(uri)
    const userId = randomUUID()
    const state = db.collection<{ _id: string; number: number }>('schema_migrations')
    const late = { about: '', privacy: '', lastSeenAt: '' } as const
    await db.command({ collMod: 'users', validator: {} })
    const store = await openMongo(uri)
    await store.commit([doing([insertInto(users, { userId, username: userId })])], 1)
    await db.collection<Raw>('users').updateOne({ _id: userId }, { $unset: late })
    const read = await store.get(users, { userId })
    await store.close()
    await state.updateOne({ _id: 'version' }, { $set: { number: 1 } })

    await opened(uri)

    const row = await db.collection<Raw>('users').findOne({ _id: userId })
    assert.equal((read as unknown as { about: string }).about, '')
    assert.deepEqual([row?.['about'], row?.['privacy'], row?.['lastSeenAt']], ['', null, null])
    assert.equal((await state.findOne({ _id: 'version' }))?.number, migrations.at(-1)?.number)
    const wrong = { ...row, _id: 'x', userId: 'x', username: 'x', about: 7 }
    await assert.rejects(db.collection<Raw>('users').insertOne(wrong), { code: 121 })
  })

  test('and not from a newer one, nor over the data of another program', async (t) => {
    const [newer, foreign] = [await aDatabase(t), await aDatabase(t)]
    await opened(newer.uri)
    await newer.db
      .collection<{ _id: string }>('schema_migrations')
      .updateOne({ _id: 'version' }, { $set: { number: 999 } })
    await foreign.db.createCollection('users')
    await foreign.db.collection('schema_migrations').insertOne({ version: 7, dirty: false })
    const before = await schemaOf(foreign.db)

    await failsWith(newer.uri, /newer Connectly \(schema 999/)
    await failsWith(foreign.uri, /another program/)

    assert.deepEqual(await schemaOf(foreign.db), before)
  })
})

test('keys of several columns never make the same _id', () => {
  const table = migratedTables().get('answers') ?? assert.fail()
  const part = fc.string({ unit: fc.constantFrom('a', '|', '\\', ''), maxLength: 4 })
  fc.assert(
    fc.property(part, part, part, part, part, part, (a, b, c, d, e, f) => {
      const [one, two] = [
        { userId: a, method: b, key: c },
        { userId: d, method: e, key: f },
      ]
      const isSame = a === d && b === e && c === f
      assert.equal(idOf(table, one) === idOf(table, two), isSame)
    }),
    { numRuns: 2000 },
  )
})

test('a row is kept under its key, with its columns beside it, and nulls as nulls', async (t) => {
  const { uri, db } = await aDatabase(t)
  const store = await openMongo(uri)
  const roomId = randomUUID()
  const row = { roomId, seq: 3, messageId: 'm', body: { text: 'hi' } }
  await store.commit([doing([insertInto(rooms, { roomId }), insertInto(messages, row)])], 1)
  await store.close()

  const [room, message] = [
    await db.collection<Raw>('rooms').findOne({ _id: roomId }),
    await db.collection<Raw>('messages').findOne({ _id: `${roomId}|3` }),
  ]

  assert.deepEqual([room?.['roomId'], room?.['name'], room?.['members']], [roomId, null, 0])
  assert.deepEqual([message?.['body'], message?.['localId']], ['{"text":"hi"}', null])
})
