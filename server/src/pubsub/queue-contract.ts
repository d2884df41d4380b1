import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { PubSubAway, type PubSub, type Queues } from './pubsub.ts'

/** A service that carries messages, with a way to it. A stop takes all that the service holds with it. */
export type Service = {
  open: () => Promise<PubSub>
  stop: () => Promise<void>
  start: () => Promise<void>
  cleanUp: () => Promise<void>
  hasQueues: boolean
}

type Given = () => { service: Service; processes: (count: number) => Promise<PubSub[]>; queue: string }

const LONG = 60_000
const idsOf = (waiting: { id: string }[]) => waiting.map(({ id }) => id)

/** The rules of queues that processes share; a service without them says so. */
export function queueContract(given: Given): void {
  const two = async (): Promise<[Queues, Queues, string] | undefined> => {
    const { service, processes, queue } = given()
    const [one, other] = await processes(2)
    if (service.hasQueues) {
      assert.ok(one?.queues && other?.queues)
      return [one.queues, other.queues, queue]
    }
    assert.equal(one?.queues, null)
    return undefined
  }
  const rule = (name: string, check: (one: Queues, other: Queues, queue: string) => Promise<void>) =>
    void test(name, async (context) => {
      const opened = await two()
      if (opened) await check(...opened)
      else context.diagnostic('this service has no queues')
    })

  rule(
    '[PQ1] who came first is taken first, by whichever process, and only if there are enough',
    async (a, b, queue) => {
      await a.join(queue, 'ann', 'data of ann ☃', LONG)
      await b.join(queue, 'bob', '', LONG)
      await a.join(`${queue} other`, 'zoe', 'else', LONG)
      await a.join(queue, 'cat', 'c', LONG)

      assert.equal(await b.size(queue), 3)
      assert.deepEqual(await b.take(queue, 4), [])
      assert.deepEqual(await b.take(queue, 0), [])
      assert.deepEqual(await b.take(queue, 2), [
        { id: 'ann', data: 'data of ann ☃' },
        { id: 'bob', data: '' },
      ])
      assert.deepEqual(idsOf(await a.take(queue, 1)), ['cat'])
      assert.equal(await a.size(queue), 0)
      assert.equal(await b.size(`${queue} other`), 1)
    },
  )

  rule('[PQ2] who joins again keeps their turn and brings new data', async (a, b, queue) => {
    await a.join(queue, 'ann', 'old', LONG)
    await a.join(queue, 'bob', '', LONG)
    await b.join(queue, 'ann', 'new', LONG)

    assert.equal(await a.size(queue), 2)
    assert.deepEqual(await a.take(queue, 1), [{ id: 'ann', data: 'new' }])
  })

  rule('[PQ3] who does not renew is gone by themselves, and comes last when they are back', async (a, b, queue) => {
    await a.join(queue, 'ann', '', 150)
    await a.join(queue, 'bob', '', 150)
    await a.join(queue, 'cat', '', LONG)
    await b.join(queue, 'bob', '', LONG)

    for (const end = Date.now() + 5000; (await b.size(queue)) === 3; await pause(10)) assert.ok(Date.now() < end)
    assert.equal(await a.leave(queue, 'ann'), false)
    await a.join(queue, 'ann', '', LONG)

    assert.deepEqual(idsOf(await b.take(queue, 3)), ['bob', 'cat', 'ann'])
  })

  rule('[PQ4] who leaves is not taken, and is told whether they waited', async (a, b, queue) => {
    await a.join(queue, 'ann', '', LONG)
    await a.join(queue, 'bob', '', LONG)

    assert.deepEqual([await b.leave(queue, 'ann'), await a.leave(queue, 'ann')], [true, false])
    assert.equal(await b.leave(`${queue} that nobody joined`, 'ann'), false)
    assert.deepEqual(idsOf(await a.take(queue, 1)), ['bob'])
  })

  rule('[PQ5] each is taken once, however many take at the same time', async (a, b, queue) => {
    const everyone = Array.from({ length: 300 }, (_, n) => `person ${n}`)
    await Promise.all(everyone.map((id) => a.join(queue, id, '', LONG)))

    const takes = await Promise.all(Array.from({ length: 200 }, (_, n) => (n % 2 ? a : b).take(queue, 2)))

    assert.deepEqual(
      takes.flatMap(idsOf).toSorted((one, other) => one.localeCompare(other)),
      everyone.toSorted((one, other) => one.localeCompare(other)),
    )
    assert.ok(takes.every((taken) => taken.length === 2 || taken.length === 0))
  })

  rule(
    '[PQ6] while the service is away a call fails, and afterwards whoever still waits joins again',
    async (a, b, queue) => {
      const { service } = given()
      await a.join(queue, 'ann', '', LONG)

      await service.stop()
      await assert.rejects(a.take(queue, 1), PubSubAway)
      await service.start()

      const joinAgain = () => b.join(queue, 'bob', '', LONG)
      for (const end = Date.now() + 5000; !(await succeeds(joinAgain)); await pause(10)) assert.ok(Date.now() < end)
      assert.deepEqual(idsOf(await b.take(queue, 1)), ['bob'])
    },
  )
}

async function succeeds(call: () => Promise<void>): Promise<boolean> {
  return call().then(
    () => true,
    () => false,
  )
}
