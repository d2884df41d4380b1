import assert from 'node:assert/strict'
import { once } from 'node:events'
import { suite, test, type TestContext } from 'node:test'
import { newMongo, withDatabase } from './kit.ts'
import { startStandIn, type StandInOptions } from './server.ts'
import { clientOf, coded } from './test-client.ts'

/* Who the stand-in says it is, and whom it lets in. */

async function started(t: TestContext, options: StandInOptions) {
  const standIn = await startStandIn(options)
  t.after(() => standIn.close())
  return standIn
}

suite('the greeting', () => {
  test('is that of a primary of a replica set, and a driver that listens on stays content', async (t) => {
    const standIn = await started(t, { version: '7.0' })
    const client = clientOf(t, standIn.uri('test'), { heartbeatFrequencyMS: 500 })
    const failures: unknown[] = []
    client.on('serverHeartbeatFailed', (event) => failures.push(event.failure))
    const beats = (async () => {
      for (let n = 0; n < 3; n++) await once(client, 'serverHeartbeatSucceeded')
    })()

    const hello = await client.db('admin').command({ hello: 1 })

    await beats
    assert.deepEqual(failures, [])
    assert.deepEqual(
      [hello.isWritablePrimary, hello.setName, hello.hosts, hello.me, hello.maxWireVersion],
      [true, 'rs0', [standIn.address], standIn.address, 21],
    )
    assert.deepEqual([hello.maxBsonObjectSize, hello.maxMessageSizeBytes], [16 * 1024 * 1024, 48_000_000])
    assert.equal((await client.db('admin').command({ buildInfo: 1 })).version, '7.0.4')
  })

  test('of a standalone server names no set, and it takes no transaction', async (t) => {
    const standIn = await started(t, { kind: 'standalone' })
    const client = clientOf(t, standIn.uri('test'))

    const hello = await client.db('admin').command({ hello: 1 })

    assert.equal('setName' in hello, false)
    const act = client.withSession((session) =>
      session.withTransaction(() => client.db().collection('rows').insertOne({ n: 1 }, { session })),
    )
    await assert.rejects(act, /does not support retryable writes/)
  })

  test('of a server too old for the driver says so', async (t) => {
    const standIn = await started(t, { version: '4.0' })

    await assert.rejects(clientOf(t, standIn.uri('test'), { serverSelectionTimeoutMS: 1000 }).connect(), /wire version/)
  })

  test('of a secondary finds no primary, and asked directly it takes no write', async (t) => {
    const standIn = await started(t, { kind: 'secondary' })
    const direct = clientOf(t, `mongodb://${standIn.address}/test?directConnection=true`)

    await assert.rejects(clientOf(t, standIn.uri('test'), { serverSelectionTimeoutMS: 100 }).connect())

    await assert.rejects(direct.db().collection('rows').insertOne({ n: 1 }, {}), coded(10107))
  })
})

suite('a member that cannot be used', () => {
  test('waits to be made a replica set, or routes to others, or goes by a name that nobody knows', async (t) => {
    const ghost = await started(t, { kind: 'ghost' })
    const router = await started(t, { kind: 'router' })
    const misnamed = await started(t, { announced: 'mongo.invalid:27017' })
    const hello = (address: string) =>
      clientOf(t, `mongodb://${address}/?directConnection=true`).db('admin').command({ hello: 1 })

    const [waiting, routing, lost] = await Promise.all([ghost, router, misnamed].map((each) => hello(each.address)))

    assert.deepEqual([waiting?.isreplicaset, waiting?.isWritablePrimary, waiting?.setName], [true, false, undefined])
    assert.deepEqual([routing?.msg, routing?.isWritablePrimary], ['isdbgrid', true])
    assert.deepEqual([lost?.me, lost?.hosts], ['mongo.invalid:27017', ['mongo.invalid:27017']])
    const found = clientOf(t, misnamed.uri('test'), { serverSelectionTimeoutMS: 200 })
    await assert.rejects(found.connect())
  })
})

suite('a stand-in that asks who comes', () => {
  const user = { name: 'app,one', password: 'p@ss/word=', rights: 'readWrite' } as const

  test('lets in who knows the password, by SCRAM-SHA-256, and nobody else', async (t) => {
    const standIn = await started(t, { user })
    const uri = standIn.uri('test')

    await clientOf(t, uri).db().collection('rows').insertOne({ n: 1 })

    const wrong = uri.replace(encodeURIComponent(user.password), 'wrong')
    await assert.rejects(clientOf(t, wrong).connect(), coded(18))
    await assert.rejects(clientOf(t, uri.replace('app', 'app2')).connect(), coded(18))
    const anonymous = clientOf(t, `mongodb://${standIn.address}/test`)
    await assert.rejects(anonymous.db().collection('rows').findOne(), coded(13))
  })

  test('keeps who has no rights from everything, and who may read from writing', async (t) => {
    const nobody = await started(t, { user: { ...user, rights: 'none' } })
    const reader = await started(t, { user: { ...user, rights: 'read' } })

    await assert.rejects(clientOf(t, nobody.uri('test')).db().collection('rows').findOne(), coded(13))

    const reading = clientOf(t, reader.uri('test')).db().collection('rows')
    assert.equal(await reading.findOne(), null)
    await assert.rejects(reading.insertOne({ n: 1 }), coded(13))
  })
})

suite('a database for a test', () => {
  test('is empty and its own, and gone when it is dropped', async (t) => {
    const [one, two] = [await newMongo(), await newMongo()]
    const [first, second] = [clientOf(t, one.uri).db(), clientOf(t, two.uri).db()]
    await first.collection('rows').insertOne({ n: 1 })

    assert.equal(await second.collection('rows').countDocuments(), 0)
    await Promise.all([one.drop(), two.drop()])

    assert.equal(await first.collection('rows').countDocuments(), 0)
  })

  test('of a real server keeps its hosts, options and users', () => {
    const uris = [
      'mongodb://one:1,two:2',
      'mongodb://one:1,two:2/?replicaSet=rs0',
      'mongodb://u:p@one/app?tls=true',
      'mongodb://u:p@one/app?authSource=admin',
      'mongodb+srv://u:p@one',
    ]

    assert.deepEqual(
      uris.map((uri) => withDatabase(uri, 'x')),
      [
        'mongodb://one:1,two:2/x?',
        'mongodb://one:1,two:2/x?replicaSet=rs0',
        'mongodb://u:p@one/x?tls=true&authSource=app',
        'mongodb://u:p@one/x?authSource=admin',
        'mongodb+srv://u:p@one/x?authSource=admin',
      ],
    )
  })

  test('is reached again after every connection broke', async (t) => {
    const standIn = await started(t, {})
    const rows = clientOf(t, standIn.uri('test')).db().collection('rows')
    await rows.insertOne({ n: 1 })

    standIn.dropConnections()

    assert.equal(await rows.countDocuments(), 1)
  })
})
