import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import {
  blockPerson,
  createGroup,
  markRead,
  openSync,
  presenceChanged,
  removeMember,
  sayTyping,
  sendMessage,
  typingNow,
  watchPresence,
  whoAmI,
  type LocalId,
} from '@connectly/protocol'
import { befriend, newId } from '@connectly/server/test-kit'
import { withoutPostgres, wrongIn } from './absence.ts'
import { until } from './ends.ts'
import { openPair, openRoom, sayAtLast, textOf, type Both, type Pair } from './pair.ts'
import type { Cut } from './proxy.ts'
import { statusOf } from './supervisor.ts'

/* Two processes that go on, while PostgreSQL or Redis does not. */

let pair: Pair
let room: Awaited<ReturnType<typeof openRoom>>
before(async () => {
  pair = await openPair()
  room = await openRoom(pair)
})
after(() => pair.close())

const cuts: [title: string, cut: Cut, kept: number][] = [
  ['[ST2] [AS4] a connection cut before its COMMIT keeps nothing, and the repeat one copy', 'before-commit', 0],
  ['[ST2] [AS4] a connection cut after its COMMIT keeps one copy, and the repeat gets its answer', 'before-answer', 1],
]
for (const [title, cut, kept] of cuts)
  test(title, async () => {
    const [near, far] = [await room.owner[0].connect(), await room.ben[1].connect()]
    const message = textOf(room.roomId, `cut-${cut}`)
    const { text } = message.body
    const isCut = pair.services.postgres.proxy.cut(cut, text)

    const first = await near.tries(sendMessage, message)
    await isCut
    const between = await room.copiesOf(text)
    const answer = await sayAtLast(near, message)
    for (const seat of [near, far]) await until(() => room.heard(seat).includes(text), 'it is told')

    assert.equal(between.length, kept)
    if (first.ok) assert.equal(first.value.messageId, between[0]?.messageId)
    else assert.equal(first.refusal.code, 'Unavailable')
    assert.deepEqual(await room.copiesOf(text), [answer])
    if (kept) assert.deepEqual(between, [answer])
    for (const seat of [near, far]) assert.deepEqual([...room.heard(seat)], [text])
  })

test('[OP2] PostgreSQL away for six seconds: /ready says so, /health lives, nothing is acknowledged, and no storm', async (t) => {
  const [how, ms, { services, servers }] = ['SIGKILL', 6000, pair] as const
  const seats = [await room.owner[0].connect(), await room.ben[1].connect()]
  const sends = seats.map((seat, nth) => ({ seat, message: textOf(room.roomId, `while away ${nth}`) }))
  const codes = new Set<string>()
  const meanwhile = async (isAway: () => boolean) => {
    for (; isAway(); await pause(20))
      for (const { seat, message } of sends) {
        const answer = await seat.tries(sendMessage, message)
        codes.add(answer.ok ? 'taken' : answer.refusal.code)
      }
  }

  const absence = await withoutPostgres({ how, ms, services, servers, meanwhile })

  t.diagnostic(JSON.stringify(absence))
  assert.deepEqual(wrongIn(absence, ms), [])
  assert.ok(absence.attempts > 0, 'nobody tried to connect')
  assert.deepEqual([...codes], ['Unavailable'])
  for (const { seat, message } of sends) {
    const answer = await sayAtLast(seat, message)
    assert.deepEqual(await room.copiesOf(message.body.text), [answer])
  }
})

test('[OP2] PostgreSQL that says nothing at all: /ready says so within five seconds, and that it is back', async () => {
  const { proxy } = pair.services.postgres
  const all = (path: string) => Promise.all(pair.servers.map(({ url }) => statusOf(url + path)))

  proxy.silence(true)
  const began = performance.now()
  const silent = await Promise.all([all('/ready'), all('/health')])
  const took = performance.now() - began
  proxy.silence(false)

  assert.deepEqual(silent, [
    [503, 503],
    [200, 200],
  ])
  assert.ok(took < 5000, `it took ${took} ms`)
  await until(async () => (await all('/ready')).every((status) => status === 200), 'both are ready', 5000)
})

test('[LG11] Redis away: what is said is acknowledged, told here at once and there by the log; the rest heals in 5 s', async (t) => {
  const { redis } = pair.services
  const [near, here, there] = [await room.owner[0].connect(), await room.ben[0].connect(), await room.cleo[1].connect()]
  for (const seat of [here, there]) await seat.ask(watchPresence, { userIds: [], roomId: room.roomId })
  const took = async (holds: () => boolean) => {
    const began = performance.now()
    await until(holds, 'it is heard', 5000)
    return Math.round(performance.now() - began)
  }
  const late = await pair.person('late')
  await befriend(room.owner[0], late[0])
  await near.ask(watchPresence, { userIds: [late[0].userId], roomId: null })
  const cameLate = () =>
    near.said(presenceChanged).some(({ userId, state }) => userId === late[0].userId && state === 'online')
  const typed = () => there.said(typingNow).some(({ count }) => count > 0)
  await redis.kill()

  await late[1].connect()
  await near.ask(sendMessage, textOf(room.roomId, 'without Redis'))
  const nearby = await took(() => room.heard(here).includes('without Redis'))
  const far = await took(() => room.heard(there).includes('without Redis'))
  await near.ask(sayTyping, { roomId: room.roomId, isTyping: true })
  const meanwhile = [typed(), cameLate()]
  await near.ask(sendMessage, textOf(room.roomId, 'just before'))
  await redis.start()
  const gap = await took(() => room.heard(there).includes('just before'))
  const again = setInterval(() => void near.tries(sayTyping, { roomId: room.roomId, isTyping: true }), 100)
  const healed = await took(() => typed() && cameLate()).finally(() => clearInterval(again))

  t.diagnostic(JSON.stringify({ nearby, far, gap, healed }))
  assert.ok(nearby < 1000, `told on its own process only after ${nearby} ms`)
  assert.deepEqual(meanwhile, [false, false], 'Redis was not away')
  for (const seat of [here, there]) assert.deepEqual(room.heard(seat), ['without Redis', 'just before'])
})

test('[LG11] Redis emptied in mid-traffic: every message is told once; sessions, marks, blocks and seats are kept', async () => {
  const [near, there] = [await room.owner[0].connect(), await room.cleo[1].connect()]
  const [dan, eve] = [await pair.person('dan'), await pair.person('eve')]
  for (const [other] of [dan, eve]) await befriend(room.owner[0], other)
  const userIds = [dan[0].userId, eve[0].userId]
  const { roomId } = await near.ask(createGroup, { localId: newId<LocalId>(), name: 'Other', userIds })
  const { seq } = await near.ask(sendMessage, textOf(roomId, 'to be read'))
  await dan[0].ask(markRead, { roomId, seq })
  await near.ask(removeMember, { roomId, userId: eve[0].userId })
  await eve[0].ask(blockPerson, { userId: room.owner[0].userId })
  /** Everything that a person has, by the second server. */
  const held = async ([, second]: Both) => {
    const { places } = await second.ask(openSync, { epoch: null, cursors: {}, lines: {} })
    return places
  }
  const before = [await held(dan), await held(eve)]

  const texts = Array.from({ length: 60 }, (_, nth) => `emptied ${nth}`)
  for (const [nth, text] of texts.entries()) {
    await near.ask(sendMessage, textOf(room.roomId, text))
    if (nth % 20 === 10) await pair.services.redis.ask('flushall')
  }

  await until(() => room.heard(there).length === texts.length, 'all is told', 5000)
  assert.deepEqual(room.heard(there), texts)
  assert.match(JSON.stringify(before), new RegExp(`"readSeq":${seq}\\b`))
  assert.deepEqual([await held(dan), await held(eve)], before)
  for (const nth of [0, 1] as const) {
    assert.equal((await dan[nth].tries(whoAmI, {})).ok, true)
    const refused = await eve[nth].tries(sendMessage, textOf(roomId, 'let me in'))
    assert.equal(!refused.ok && refused.refusal.code, 'NotFound')
  }
})
