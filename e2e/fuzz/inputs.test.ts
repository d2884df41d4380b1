import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { registry, type Answer, type Method } from '@connectly/protocol'
import { startServer, type TestServer } from '@connectly/server/test-kit'
import { seeded } from '../crash/random.ts'
import { operators } from './mutate.ts'
import { packetOf } from './packets.ts'
import { legalInput, takes, textsIn, withIds, type Json, type Shape } from './shapes.ts'

/* What the fuzzer makes of the registry, and what every text of every input has to refuse. */

const methods = [...registry.methods.values()]
const shapeOf = (method: Method): Shape => method.input

let server: TestServer
before(async () => {
  server = await startServer()
})
after(() => server.stop())

test('for every method the fuzzer makes inputs that its shape takes', () => {
  const without = methods.filter((method) => {
    const random = seeded(1)
    return !Array.from({ length: 20 }, () => legalInput(shapeOf(method), random)).some((value) =>
      takes(shapeOf(method), withIds(value)),
    )
  })

  assert.deepEqual(
    without.map(({ name }) => name),
    [],
    'shapes.ts has no text or number that fits a field of these: add one',
  )
})

test('a packet follows from the seed and its number, so that one that failed can be sent again', () => {
  const [once, again] = [1, 2].map(() => Array.from({ length: 200 }, (_, n) => JSON.stringify(packetOf(7, n))))

  assert.deepEqual(once, again)
  assert.notDeepEqual(once?.slice(1), once?.slice(0, -1))
})

test('no text of any input takes an operator, a list or a number in its place, over either door', async () => {
  let cells = 0

  for (const [nth, method] of methods.entries()) {
    // Somebody new each time: a method that signs in ends the session that asked.
    const eve = await server.administrator(`eve-${nth}`)
    const seat = await eve.connect()
    const sample = inputWithEverything(method)
    for (const path of textsIn(shapeOf(method)))
      for (const wrong of [...operators, ['a'], [], 7, -1, 1e308, true, '\u0000', 'a\ud800']) {
        if (typeof wrong === 'string' && path.includes('*')) continue
        const input = put(sample, path, wrong)
        if (takes(shapeOf(method), input))
          assert.equal(typeof wrong, 'string', `${method.name} ${path.join('.')}: ${JSON.stringify(wrong)}`)
        const answers = [
          ...(method.door === 'socket' ? [] : [await eve.tries(method, input)]),
          ...(method.door === 'http' ? [] : [await seat.tries(method, input)]),
        ]
        for (const answer of answers) {
          const code = codeOf(answer)
          assert.notEqual(code, 'Internal', `${method.name} ${path.join('.')} ${JSON.stringify(wrong)}`)
          if (typeof wrong !== 'string')
            assert.equal(code, 'InvalidInput', `${method.name} ${path.join('.')} ${JSON.stringify(wrong)}`)
          cells++
        }
      }
    seat.socket.disconnect()
  }
  assert.ok(cells > 1000, `${cells} were asked`)
})

/** An input with every field that it may have. */
function inputWithEverything(method: Method): Json {
  const random = seeded(3)
  const some = Array.from({ length: 30 }, () => withIds(legalInput(shapeOf(method), random)))
  return some.toSorted((a, b) => JSON.stringify(b).length - JSON.stringify(a).length)[0] ?? {}
}

/** The same input with something else at this place; what is on the way there is made. */
function put(value: Json, [first, ...rest]: readonly string[], wrong: Json): Json {
  if (first === undefined) return wrong
  if (first === '*') return [put(Array.isArray(value) ? (value[0] ?? {}) : {}, rest, wrong)]
  const known = typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}
  return { ...known, [first]: put(known[first] ?? {}, rest, wrong) }
}

const codeOf = (answer: Answer<unknown>) => (answer.ok ? 'ok' : answer.refusal.code)
