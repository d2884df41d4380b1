import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { registry, type Method } from '@connectly/protocol'
import { inputOf } from './matrix-inputs.ts'
import { idFieldsOf } from './matrix-shapes.ts'
import { createWorld, type World } from './matrix-world.ts'

/* What one may not see takes as long to deny as what does not exist. */

/** Asks of each kind, in turns, so that a busy machine is as busy for one as for the other. */
const ROUNDS = 25
/** What the medians of one method may differ by, in ms: noise of a busy machine, far below what a network hides. */
const MOST = 5
const fields = ['roomId', 'messageId', 'messageIds', 'replyToId', 'around', 'requestId', 'userId']

let world: World
before(async () => {
  world = await createWorld()
})
after(() => world.server.stop())

test('[AS3] a foreign thing and a missing one are denied in the same time', async (t) => {
  const asked = [...registry.methods.values()].filter(
    ({ door, access }) => door !== 'socket' && access.who === 'session',
  )
  const apart: { key: string; ms: number }[] = []

  for (const method of asked)
    for (const field of idFieldsOf(method).filter((each) => fields.includes(each))) {
      const times = { foreign: [] as number[], missing: [] as number[] }
      for (let round = 0; round < ROUNDS; round++)
        for (const object of ['foreign', 'missing'] as const) times[object].push(await timeOf(method, field, object))
      const ms = Math.abs(medianOf(times.foreign) - medianOf(times.missing))
      apart.push({ key: `${method.name} ${field}`, ms })
    }

  const sorted = apart.toSorted((a, b) => b.ms - a.ms)
  const middle = medianOf(apart.map(({ ms }) => ms))
  t.diagnostic(
    `${apart.length} pairs, medians apart by ${middle.toFixed(2)} ms in the middle, ${sorted[0]?.ms.toFixed(2)} at most`,
  )
  assert.ok(apart.length > 20)
  assert.deepEqual(
    sorted.filter(({ ms }) => ms > MOST),
    [],
  )
})

/** How long an outsider waits for a no, in ms. */
async function timeOf(method: Method, field: string, object: 'foreign' | 'missing'): Promise<number> {
  const cell = { method: method.name, field, object, actor: 'outsider' } as const
  const input = await inputOf(world, cell, false)
  const began = performance.now()
  await world.things.outsider.me.tries(method, input)
  return performance.now() - began
}

const medianOf = (times: readonly number[]): number =>
  times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN
