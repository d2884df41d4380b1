import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startCluster } from '../cluster-kit.ts'
import { newId, startServer, type TestServer } from '../test-kit.ts'
import { Refused } from './refuse.ts'
import type { TryKind } from './tries.ts'

const MINUTE = 60_000

let server: TestServer
let now = Date.now()
before(async () => {
  server = await startServer({ clock: () => now })
})
after(() => server.stop())

const codeOf = (error: unknown): string => (error instanceof Refused ? error.code : String(error))
/** What becomes of a guess: `ok`, or the code of the refusal. */
const guess = (kind: TryKind, subject: string, at = server) =>
  at.app.services.tries.take(kind, subject).then(() => 'ok', codeOf)

test('[AS12] five guesses are free, then each waits twice as long as the one before: eight in a quarter of an hour', async () => {
  const subject = newId()
  const passed: number[] = []

  for (let second = 0; second <= 15 * 60; second += 5) {
    now += 5000
    if ((await guess('account', subject)) === 'ok') passed.push(second / 60)
  }

  assert.deepEqual(
    passed.map((minute) => Math.floor(minute)),
    [0, 0, 0, 0, 0, 1, 3, 7],
  )
})

test('one waits an hour at most, is told how long, and is forgiven after a day without a guess', async () => {
  const subject = newId()
  const waits: number[] = []
  for (let nth = 0; nth < 14; nth++) {
    const wait = await server.app.services.tries.take('account', subject)
    waits.push(wait / MINUTE)
    if (wait > 0)
      await assert.rejects(
        server.app.services.tries.take('account', subject),
        (error) => error instanceof Refused && error.params?.['retryAfter'] === wait / 1000,
      )
    now += wait
  }
  now += 24 * 60 * MINUTE

  const forgiven = [await guess('account', subject), await guess('account', subject)]

  assert.deepEqual(waits, [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60, 60])
  assert.deepEqual(forgiven, ['ok', 'ok'])
})

test('[AS12] a thousand guesses at once gain nothing over one after another', async () => {
  const subject = newId()

  const outcomes = await Promise.all(Array.from({ length: 1000 }, () => guess('account', subject)))

  assert.equal(outcomes.filter((outcome) => outcome === 'ok').length, 5)
  assert.equal(outcomes.filter((outcome) => outcome === 'TooManyRequests').length, 995)
})

test('of many behind an address who guess wrong, nobody waits longer than two minutes, and who is right adds nothing', async () => {
  const [subject, office] = [newId(), newId()]
  const waits: number[] = []
  for (let nth = 0; nth < 40; nth++) {
    waits.push(await server.app.services.tries.take('address', subject))
    now += waits.at(-1) ?? 0
  }

  const signedIn: string[] = []
  for (let nth = 0; nth < 100; nth++) {
    signedIn.push(await guess('address', office))
    await server.app.services.tries.giveBack('address', office)
  }

  assert.equal(Math.max(...waits), 2 * MINUTE)
  assert.equal(waits.filter((wait) => wait === 0).length, 29)
  assert.ok(signedIn.every((code) => code === 'ok'))
})

test('one that was right does not pay for those that were wrong', async () => {
  const subject = newId()
  for (let nth = 0; nth < 29; nth++) {
    await server.app.services.tries.take('address', subject)
    await server.app.services.tries.take('address', newId())
  }
  await server.app.services.tries.giveBack('address', subject)

  const outcomes = [await guess('address', subject), await guess('address', subject), await guess('address', subject)]

  assert.deepEqual(outcomes, ['ok', 'ok', 'TooManyRequests'])
})

test('two processes share the counts, also for guesses at the same moment', async () => {
  const cluster = await startCluster()
  const subject = newId()

  const outcomes = await Promise.all(
    Array.from({ length: 60 }, (_, nth) => guess('account', subject, cluster.servers[nth % 2 === 0 ? 0 : 1])),
  )
  await cluster.stop()

  assert.equal(outcomes.filter((outcome) => outcome === 'ok').length, 5)
})
