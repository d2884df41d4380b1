import assert from 'node:assert/strict'
import { after, before, beforeEach, afterEach, suite, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { heardBy, until } from './contract.ts'
import type { PubSub } from './pubsub.ts'
import { startRedis, type TestRedis } from './redis-kit.ts'
import { openRedis } from './redis.ts'

/* What Redis alone can do to the processes that speak through it. */

suite('Redis that is cut, paused, stopped and emptied', () => {
  let server: TestRedis
  let alice: PubSub
  let bob: PubSub
  let lines: string[]
  before(async () => void (server = await startRedis()))
  after(() => server.cleanUp())
  beforeEach(async () => {
    lines = []
    alice = await openRedis(server.url, (line) => lines.push(line))
    bob = await openRedis(server.url)
  })
  afterEach(() => Promise.all([alice.close(), bob.close()]))

  /** Says numbers, three a turn, until it is told to stop, and then a last one; resolves with how many. */
  const chatter = () => {
    let isOn = true
    const said = (async () => {
      let n = 0
      for (; isOn; await pause(2)) for (const last = n + 3; n < last; n++) alice.say('numbers', `${n}`)
      alice.say('numbers', `${n}`)
      return n + 1
    })()
    return () => {
      isOn = false
      return said
    }
  }
  /** The connection that somebody speaks through. */
  const idOf = async (pubsub: PubSub) => {
    const list = String(await server.ask('client', 'list')).split('\n')
    const line = list.find((client) => client.includes(` name=connectly:${pubsub.id}:tells `))
    return /^id=(\d+)/.exec(line ?? '')?.[1] ?? assert.fail(list.join('\n'))
  }
  const numbersOf = (heard: { text: string }[]) => heard.map(({ text }) => Number(text))
  const isRising = (numbers: number[]) => numbers.every((n, at) => at === 0 || n > numbers[at - 1]!)

  test('a server that dies and comes back in the middle of traffic is found again; nothing comes twice or late', async () => {
    const heard = heardBy(bob, 'numbers')
    let healed = 0
    bob.onHealed(() => healed++)
    const stop = chatter()
    await until('traffic', () => heard.length > 50)

    await server.kill()
    await until('both notice', () => !alice.isOpen() && !bob.isOpen(), 2500)
    const before = heard.length
    const [began] = [Date.now(), await server.start()]
    await until('traffic again', () => heard.length > before + 50, 5000)
    assert.ok(Date.now() - began < 5000)
    const said = await stop()

    await until('the last one', () => heard.at(-1)?.text === `${said - 1}`)
    assert.ok(isRising(numbersOf(heard)))
    assert.ok(healed >= 1 && alice.lost() > 0)
    assert.match(lines.join('\n'), /^REDIS_URL: .*\n?.*Other processes are heard again through REDIS_URL\.$/s)
  })

  test('one process that is cut off comes back, and the others are told that they missed something', async () => {
    const heard = heardBy(bob, 'numbers')
    const healed: string[] = []
    alice.onHealed(() => healed.push('alice'))
    bob.onHealed(() => healed.push('bob'))
    const stop = chatter()
    await until('traffic', () => heard.length > 50)

    await server.ask('client', 'kill', 'id', await idOf(alice))

    await until('alice is told', () => healed.includes('alice'), 5000)
    await until('bob is told', () => healed.includes('bob'), 5000)
    const said = await stop()
    await until('the last one', () => heard.at(-1)?.text === `${said - 1}`)
    assert.ok(isRising(numbersOf(heard)))
  })

  test('whoever loses only what it listens with is cut off too, and comes back', async () => {
    let isHealed = false
    bob.onHealed(() => (isHealed = true))

    await server.ask('client', 'kill', 'type', 'pubsub')

    await until('it is noticed before any pulse is missed', () => lines.length > 0, 1000)
    await until('bob is told', () => isHealed && bob.isOpen() && alice.isOpen(), 5000)
    const heard = heardBy(bob, 'news')
    alice.say('news', 'still here')
    await until('the news', () => heard.length === 1)
  })

  test('a server that hangs is noticed in two seconds, holds no memory without bound, and is found again', async () => {
    const heard = heardBy(bob, 'numbers')
    process.kill(server.pid(), 'SIGSTOP')
    const began = Date.now()
    const big = 'x'.repeat(1024 * 1000)
    try {
      for (let n = 0; n < 200; n++) alice.say('numbers', `${n} ${big}`)
      assert.ok(alice.lost() > 150, `${alice.lost()} of 200 MB were lost`)
      await until('both notice', () => !alice.isOpen() && !bob.isOpen(), 2500)
      assert.equal(alice.lost(), 200)

      const late = await openRedis(server.url)
      assert.equal(late.isOpen(), false)
      await late.close()
    } finally {
      process.kill(server.pid(), 'SIGCONT')
    }

    await until('both are open', () => alice.isOpen() && bob.isOpen(), 5000)
    assert.ok(Date.now() - began < 12_000)
    alice.say('numbers', '1000')
    await until('the next', () => heard.at(-1)?.text === '1000')
    assert.ok(isRising(heard.map(({ text }) => Number.parseInt(text))))
  })

  test('a server that pauses its clients for a while loses nobody for good', async () => {
    const heard = heardBy(bob, 'numbers')
    const stop = chatter()
    await until('traffic', () => heard.length > 10)

    await server.ask('client', 'pause', '3000', 'all')
    await until('both notice', () => !alice.isOpen() && !bob.isOpen(), 2500)
    await until('both are open', () => alice.isOpen() && bob.isOpen(), 6000)

    const said = await stop()
    alice.say('numbers', `${said}`)
    await until('the last one', () => heard.at(-1)?.text === `${said}`)
    assert.ok(isRising(numbersOf(heard)))
  })

  test('attempts to reconnect are few, however long it takes', async () => {
    const connections = async () =>
      Number(/total_connections_received:(\d+)/.exec(String(await server.ask('info', 'stats')))?.[1])
    const ends = Date.now() + 3000
    const before = await connections()
    let asked = 0
    for (; Date.now() < ends; asked++) {
      await server.ask('client', 'kill', 'type', 'pubsub')
      await pause(20)
    }

    const attempts = (await connections()) - before - asked
    assert.ok(attempts < 60, `${attempts} connections of two processes in three seconds`)
    await until('both are open', () => alice.isOpen() && bob.isOpen(), 5000)
  })

  test('an emptied server, and forgotten scripts, cost no message; who waits joins again', async () => {
    const heard = heardBy(bob, 'numbers')
    const stop = chatter()
    await alice.queues?.join('pool', 'ann', '', 60_000)

    await server.ask('flushall')
    await server.ask('script', 'flush')

    assert.equal(await bob.queues?.size('pool'), 0)
    await bob.queues?.join('pool', 'ann', 'again', 60_000)
    assert.deepEqual(await alice.queues?.take('pool', 1), [{ id: 'ann', data: 'again' }])
    const said = await stop()
    await until('every number', () => heard.length === said)
    assert.equal(alice.lost(), 0)
    assert.deepEqual(lines, [])
  })

  test('what is said in one turn leaves in as few commands as it fits into', async () => {
    const heard = heardBy(bob, 'numbers')
    const published = async () =>
      Number(/cmdstat_publish:calls=(\d+)/.exec(String(await server.ask('info', 'commandstats')))?.[1])
    const before = await published()

    for (let n = 0; n < 1000; n++) alice.say('numbers', `${n} ${'x'.repeat(100)}`)
    await until('all', () => heard.length === 1000)

    assert.ok((await published()) - before < 12, 'a thousand messages, and some pulses')
  })

  test('everything in Redis bears our name and goes by itself', async () => {
    await server.ask('flushall')
    await alice.queues?.join('pool', 'ann', '', 60_000)
    await bob.queues?.join('pool', 'bob', '', 5000)

    const keys = (await server.ask('keys', '*')) as string[]
    assert.equal(keys.length, 3)
    for (const key of keys) {
      const left = Number(await server.ask('pttl', key))
      assert.match(key, /^connectly:/)
      assert.ok(left > 50_000 && left <= 60_000, `${key} goes in ${left} ms`)
    }
    const channels = (await server.ask('pubsub', 'channels')) as string[]
    assert.ok(channels.every((channel) => channel.startsWith('connectly:')))
  })

  test('two databases of one Redis are two worlds', async () => {
    const [here, there] = [await openRedis(`${server.url}/1`), await openRedis(`${server.url}/2`)]
    const [heardHere, heardThere] = [heardBy(here, 'news'), heardBy(there, 'news')]
    await here.queues?.join('pool', 'ann', '', 1000)
    alice.say('news', 'for database 0')
    there.say('news', 'for database 2')
    const neighbour = await openRedis(`${server.url}/1`)
    neighbour.say('news', 'for database 1')

    await until('the news', () => heardHere.length > 0)
    assert.deepEqual([heardHere.map(({ text }) => text), heardThere], [['for database 1'], []])
    assert.equal(await there.queues?.size('pool'), 0)
    await Promise.all([here, there, neighbour].map((each) => each.close()))
  })
})
