import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  blockPerson,
  MAX_BLOCKS,
  openSync,
  unblockPerson,
  userPlace,
  type Answer,
  type Block,
  type UserId,
} from '@connectly/protocol'
import { insert } from '../../store/store.ts'
import { addPerson, newId, startServer, type TestPerson, type TestServer } from '../../test-kit.ts'
import { blocksOf, blockTable, hasBlocked, isBlockedEitherWay } from './index.ts'

let server: TestServer
let people = 0
const somebody = () => server.person(`block-${++people}`)
const somebodyStill = async () => (await addPerson(server.app.store, `block-${++people}`)).userId

before(async () => {
  server = await startServer()
})
after(() => server.stop())

test('who is blocked stands in my list, the newest first, until I take it back; they hear nothing', async () => {
  const [me, first, second] = [await somebody(), await somebody(), await somebody()]
  const [mine, theirs] = [await me.connect(), await first.connect()]

  const blocks = [
    await me.ask(blockPerson, { userId: first.userId }),
    await me.ask(blockPerson, { userId: second.userId }),
  ]
  const listed = await listOf(me)
  await me.ask(unblockPerson, { userId: first.userId })
  await mine.until(() => mine.heard(userPlace(me.userId)).length === 3)

  assert.deepEqual(listed, blocks.toReversed())
  assert.deepEqual(await listOf(me), [blocks[1]])
  assert.deepEqual(
    mine.heard(userPlace(me.userId)).map(({ name, data }) => [name, data]),
    [
      ['blocks.blocked', { block: blocks[0] }],
      ['blocks.blocked', { block: blocks[1] }],
      ['blocks.unblocked', { userId: first.userId }],
    ],
  )
  assert.deepEqual([theirs.frames, await listOf(first)], [[], []])
})

test('blocking twice is blocking once, and so is taking it back', async () => {
  const [me, other] = [await somebody(), await somebody()]
  const { userId } = other
  const seat = await me.connect()

  const blocks = [await me.ask(blockPerson, { userId }), await me.ask(blockPerson, { userId })]
  await me.ask(unblockPerson, { userId })
  await me.ask(unblockPerson, { userId })
  await me.ask(blockPerson, { userId })
  await seat.until(() => seat.heard(userPlace(me.userId)).length === 3)

  assert.deepEqual(blocks[1], blocks[0])
  assert.deepEqual(
    seat.heard(userPlace(me.userId)).map((event) => event.name),
    ['blocks.blocked', 'blocks.unblocked', 'blocks.blocked'],
  )
})

test('nobody blocks themselves, or somebody who is not there', async () => {
  const me = await somebody()

  const answers = [
    await me.tries(blockPerson, { userId: me.userId }),
    await me.tries(blockPerson, { userId: newId<UserId>() }),
    await me.tries(unblockPerson, { userId: newId<UserId>() }),
  ]

  assert.deepEqual(answers.map(codeOf), ['NotFound', 'NotFound', 'ok'])
})

test('a full list takes nobody more', async () => {
  const me = await somebody()
  const others = await Promise.all(Array.from({ length: 3 }, somebody))
  const { store } = server.app
  const blocked = await Promise.all(Array.from({ length: MAX_BLOCKS - 1 }, somebodyStill))
  const writes = blocked.map((otherId) => insert(blockTable, { userId: me.userId, otherId, isMine: true, at: 1 }))
  await store.commit([{ places: [], given: [], make: () => ({ writes, events: [], result: null }) }], Date.now())

  const answers: Answer<unknown>[] = []
  for (const { userId } of [others[0]!, others[1]!, others[0]!]) answers.push(await me.tries(blockPerson, { userId }))
  await me.ask(unblockPerson, { userId: others[0]!.userId })
  answers.push(await me.tries(blockPerson, { userId: others[2]!.userId }))

  assert.deepEqual(answers.map(codeOf), ['ok', 'TooManyBlocks', 'ok', 'ok'])
})

test('the door tells who blocked whom, and that one of two did, whichever it was', async () => {
  const [a, b, c] = [await somebody(), await somebody(), await somebody()]
  const { store } = server.app
  await a.ask(blockPerson, { userId: b.userId })
  const told = async (x: TestPerson, y: TestPerson) => [
    await hasBlocked(store, x.userId, y.userId),
    await isBlockedEitherWay(store, x.userId, y.userId),
  ]

  const before = [await told(a, b), await told(b, a), await told(a, c)]
  await b.ask(blockPerson, { userId: a.userId })
  await a.ask(unblockPerson, { userId: b.userId })
  const after = [await told(a, b), await told(b, a)]

  assert.deepEqual(before, [
    [true, true],
    [false, true],
    [false, false],
  ])
  assert.deepEqual(after, [
    [false, true],
    [true, true],
  ])
  assert.deepEqual(
    (await blocksOf(store, a.userId)).map(({ otherId, isMine }) => [otherId, isMine]),
    [[b.userId, false]],
  )
})

async function listOf(person: TestPerson): Promise<Block[]> {
  const { places } = await person.ask(openSync, { epoch: null, cursors: {}, lines: {} })
  const [own] = places
  assert.ok(own?.kind === 'reset')
  return (own.head.slices['blocks'] as { blocked: Block[] }).blocked
}

const codeOf = (answer: Answer<unknown>) => (answer.ok ? 'ok' : answer.refusal.code)
