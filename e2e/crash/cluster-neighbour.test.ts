import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { presenceChanged, sendMessage, watchPresence } from '@connectly/protocol'
import { befriend } from '@connectly/server/test-kit'
import { HANGS, until } from './ends.ts'
import { openPair, openRoom, textOf, type Pair, type Seat } from './pair.ts'

/* What one process notices of another that stands still, or has died. */

/** How long the neighbour stands still, how often, and how long it runs in between, in ms. */
const [FREEZE, TIMES, BETWEEN] = [400, 8, 150]

let pair: Pair
let room: Awaited<ReturnType<typeof openRoom>>
before(async () => {
  pair = await openPair()
  room = await openRoom(pair)
})
after(() => pair.close())

test('a neighbour that stands still in the hot room holds up nobody else', async (t) => {
  const [, neighbour] = pair.servers
  const seats = await Promise.all([room.owner[0], room.ben[0], room.cleo[0]].map((person) => person.connect()))
  const others = await Promise.all([room.owner[1], room.ben[1], room.cleo[1]].map((person) => person.connect()))
  let isOver = false
  /** The slowest answer since this was last asked, among those who ask the first server without a pause. */
  let slowest = 0
  let count = 0
  const sending = async (seat: Seat, note: (took: number) => void) => {
    for (let nth = 0; !isOver; nth++) {
      const began = performance.now()
      await seat.ask(sendMessage, textOf(room.roomId, `hot ${nth}`))
      note(performance.now() - began)
    }
  }
  const note = (took: number) => {
    slowest = Math.max(slowest, took)
    count++
  }
  const load = Promise.all([
    ...seats.map((seat) => sending(seat, note)),
    ...others.map((seat) => sending(seat, () => undefined)),
  ])
  const rounds = async (freeze: (isSo: boolean) => void) => {
    const worst: number[] = []
    for (let nth = 0; nth < TIMES; nth++) {
      slowest = 0
      freeze(true)
      await pause(FREEZE)
      freeze(false)
      // What was held up is answered only now.
      await pause(BETWEEN)
      worst.push(Math.round(slowest))
    }
    return worst.toSorted((a, b) => a - b)
  }
  await pause(500)

  const awake = await rounds(() => undefined)
  const before = count
  const frozen = await rounds(neighbour.freeze)
  isOver = true
  await load

  const middle = (sorted: number[]) => sorted[sorted.length >> 1] as number
  t.diagnostic(
    `slowest answers beside an awake neighbour: ${awake.join(', ')} ms; a frozen one: ${frozen.join(', ')} ms`,
  )
  assert.ok(count - before > 100, `only ${count - before} answers beside a frozen neighbour`)
  assert.ok(middle(frozen) < 100 + middle(awake), `half of the freezes held an answer up for ${middle(frozen)} ms`)
  assert.ok(middle(frozen) < 300, `half of the freezes held an answer up for ${middle(frozen)} ms`)
})

test('whose process is killed is shown offline within its lease, and nobody who is still there', async (t) => {
  const [, dying] = pair.servers
  const [watching, gone, stays] = [await pair.person('dan'), await pair.person('eve'), await pair.person('fay')]
  for (const [other] of [gone, stays]) await befriend(watching[0], other)
  const watcher = await watching[0].connect()
  const seats = [await gone[1].connect(), await stays[0].connect(), await stays[1].connect()]
  const watched = [gone[0].userId, stays[0].userId]
  const state = (userId: string) => watcher.said(presenceChanged).findLast((said) => said.userId === userId)?.state
  await until(async () => {
    const { people } = await watcher.ask(watchPresence, { userIds: watched, roomId: null })
    return people.every((each) => each.state === 'online')
  }, 'both are here')

  await dying.end('SIGKILL')
  const began = performance.now()
  await until(() => state(gone[0].userId) === 'offline', 'they are shown offline', 20_000)
  const took = Math.round(performance.now() - began)
  await dying.start(HANGS)
  await gone[1].connect()
  await until(() => state(gone[0].userId) === 'online', 'they are back', 5000)

  t.diagnostic(`offline after ${took} ms`)
  // The lease, one beat until somebody looks, and a second of a busy machine.
  assert.ok(took < 13_000, `only after ${took} ms`)
  assert.ok(took > 5000, `already after ${took} ms: a process that is only slow would lose its people`)
  const said = watcher.said(presenceChanged).filter(({ userId }) => userId === stays[0].userId)
  assert.deepEqual(
    said.filter(({ state: shown }) => shown === 'offline'),
    [],
  )
  assert.deepEqual(
    seats.map((seat) => seat.isOpen()),
    [false, true, false],
  )
})
