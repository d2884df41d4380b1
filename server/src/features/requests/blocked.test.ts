import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  acceptRequest,
  askToTalk,
  blockPerson,
  cancelRequest,
  catchUp,
  declineRequest,
  openSync,
  pageMessages,
  unblockPerson,
  userPlace,
  whoAmI,
  type Answer,
  type LocalId,
  type Request,
  type RoomId,
} from '@connectly/protocol'
import { atOnce, type Asking } from '../../race-kit.ts'
import { newId, startServer, type TestPerson, type TestServer } from '../../test-kit.ts'
import { requestTable } from './requests.tables.ts'

/* Requests under a block, and the limit to asking around. */

let server: TestServer
let people = 0
const somebody = () => server.person(`asking-${++people}`)
before(async () => {
  server = await startServer()
})
after(() => server.stop())

test('one does not ask whom one blocked, until one unblocks them', async () => {
  const [me, other] = [await somebody(), await somebody()]
  await me.ask(blockPerson, { userId: other.userId })

  const under = await me.tries(askToTalk, request(other))
  await me.ask(unblockPerson, { userId: other.userId })
  const after = await me.tries(askToTalk, request(other))

  assert.deepEqual([under, after].map(codeOf), ['YouBlocked', 'ok'])
})

test('who is blocked asks, waits, asks again and takes back as ever, and the other hears and sees nothing', async () => {
  const views: unknown[] = []
  for (const isBlocked of [false, true]) {
    const [asking, asked] = [await somebody(), await somebody()]
    if (isBlocked) await asked.ask(blockPerson, { userId: asking.userId })
    const [hears, other] = [await asking.connect(), await asked.connect()]
    const input = request(asked, 'May I?')

    const sent = await hears.ask(askToTalk, input)
    const answers: object[] = [sent, await hears.ask(askToTalk, input), await hears.tries(askToTalk, request(asked))]
    const lists = [await listsOf(asking)]
    answers.push(await hears.tries(cancelRequest, { requestId: sent.requestId }))
    answers.push(await hears.tries(askToTalk, request(asked, 'May I now?')))
    await hears.until(() => hears.heard(userPlace(asking.userId)).length === 3)
    lists.push(await listsOf(asking))
    await other.ask(whoAmI, {})

    views.push(likeness({ answers: answers.map(unsigned), lists, frames: hears.frames }))
    if (!isBlocked) continue
    assert.deepEqual(other.frames, [])
    assert.deepEqual((await listsOf(asked)).received, [])
  }

  assert.deepEqual(views[1], views[0])
})

test('a waiting request of who is then blocked leaves one list alone, and no answer reaches it any more', async () => {
  for (const isDeclined of [false, true]) {
    const [asking, asked] = [await somebody(), await somebody()]
    const { requestId } = await asking.ask(askToTalk, request(asked))
    if (isDeclined) await asked.ask(declineRequest, { requestId })
    const [theirs, mine] = [await asking.connect(), await asked.connect()]
    const before = await listsOf(asking)

    await asked.ask(blockPerson, { userId: asking.userId })
    await mine.until(() => mine.heard(userPlace(asked.userId)).length === 2)
    await theirs.ask(whoAmI, {})
    const answers = [await asked.tries(acceptRequest, { requestId }), await asked.tries(declineRequest, { requestId })]

    assert.deepEqual(
      mine.heard(userPlace(asked.userId)).map((event) => event.name),
      ['blocks.blocked', 'requests.closed'],
    )
    assert.deepEqual(answers.map(codeOf), ['RequestClosed', 'RequestClosed'])
    assert.deepEqual([(await listsOf(asked)).received, theirs.frames], [[], []])
    assert.deepEqual(await listsOf(asking), before)
    assert.equal(before.sent[0]?.requestId, requestId)
    const read = [await logOf(asked), await logOf(asking)].map((log) => log.map((event) => event['request'] ?? null))
    assert.deepEqual([read[0]?.every((each) => each === null), read[1]?.[0]], [true, before.sent[0]])
  }
})

test('a request that a block muted can be taken back, and of that too the other hears nothing', async () => {
  const [asking, asked] = [await somebody(), await somebody()]
  const { requestId } = await asking.ask(askToTalk, request(asked))
  await asked.ask(blockPerson, { userId: asking.userId })
  const listener = await asked.connect()

  await asking.ask(cancelRequest, { requestId })
  await listener.ask(whoAmI, {})

  assert.deepEqual((await listsOf(asking)).sent, [])
  assert.deepEqual(listener.frames, [])
})

test('unblocking brings no request back; asking them then is the yes they wait for', async () => {
  const [asking, asked] = [await somebody(), await somebody()]
  await asked.ask(blockPerson, { userId: asking.userId })
  await asking.ask(askToTalk, request(asked, 'under the block'))
  await asked.ask(unblockPerson, { userId: asking.userId })
  const between = await listsOf(asked)

  const { roomId } = await asked.ask(askToTalk, request(asking, 'after it'))

  assert.deepEqual(between.received, [])
  assert.ok(roomId)
  assert.deepEqual(await wordsIn(asking, roomId), ['under the block', 'after it'])
  assert.deepEqual([await listsOf(asking), await listsOf(asked)], Array(2).fill({ sent: [], received: [] }))
})

test('who asked and then blocked gets the room when the other asks, and not their words', async () => {
  const [a, b] = [await somebody(), await somebody()]
  await b.ask(askToTalk, request(a, 'from b'))
  await b.ask(blockPerson, { userId: a.userId })

  const { roomId } = await a.ask(askToTalk, request(b, 'under the block'))

  assert.ok(roomId)
  assert.deepEqual(await wordsIn(a, roomId), ['from b', 'under the block'])
  assert.deepEqual(await wordsIn(b, roomId), ['from b'])
})

test('twenty requests may wait at a time; an answer, or taking one back, makes room', async () => {
  const me = await somebody()
  const asked: { person: TestPerson; requestId: Request['requestId'] }[] = []
  for (let nth = 0; nth < 20; nth++) {
    const person = await somebody()
    if (nth === 0) await person.ask(blockPerson, { userId: me.userId })
    asked.push({ person, ...(await me.ask(askToTalk, request(person))) })
  }
  const [first, second, third] = asked
  await second!.person.ask(declineRequest, { requestId: second!.requestId })
  const [one, two, three] = [await somebody(), await somebody(), await somebody()]
  await three.ask(askToTalk, request(me))

  const full = await me.tries(askToTalk, request(one))
  const saysYes = await me.tries(askToTalk, request(three))
  await third!.person.ask(acceptRequest, { requestId: third!.requestId })
  const afterAnswer = await me.tries(askToTalk, request(one))
  const again = await me.tries(askToTalk, request(two))
  await me.ask(cancelRequest, { requestId: first!.requestId })
  const afterTakingBack = await me.tries(askToTalk, request(two))

  assert.equal(codeOf(full), 'TooManyRequests')
  assert.deepEqual(!full.ok && full.refusal.params, { retryAfter: 3600 })
  assert.deepEqual([saysYes, afterAnswer, again, afterTakingBack].map(codeOf), ['ok', 'ok', 'TooManyRequests', 'ok'])
})

test('[AS2] a request at the same moment as a block is nowhere for who blocked, and waits for who asked', async () => {
  for (const blockFirst of [true, false]) {
    const [asking, asked] = [await somebody(), await somebody()]
    const asks: Asking[] = [
      [asked, (seat) => seat.tries(blockPerson, { userId: asking.userId })],
      [asking, (seat) => seat.tries(askToTalk, request(asked))],
    ]

    const answers = await atOnce(server, blockFirst ? asks : asks.toReversed())

    const key = { fromId: asking.userId, toId: asked.userId }
    assert.deepEqual(answers.map(codeOf), ['ok', 'ok'])
    assert.equal((await server.app.store.get(requestTable, key))?.state, 'muted')
    assert.deepEqual((await listsOf(asked)).received, [])
    assert.equal((await listsOf(asking)).sent.length, 1)
  }
})

/** What the events of one's own place say to who reads them later. */
async function logOf(person: TestPerson): Promise<Record<string, unknown>[]> {
  const caught = await person.ask(catchUp, { place: userPlace(person.userId), after: 0 })
  assert.ok(caught.kind === 'events')
  return caught.events.map((event) => event.data)
}

async function listsOf(person: TestPerson) {
  const { places } = await person.ask(openSync, { epoch: null, cursors: {}, lines: {} })
  const [own] = places
  assert.ok(own?.kind === 'reset')
  return own.head.slices['requests'] as { sent: Request[]; received: Request[] }
}

/** A view with what differs between any two people taken out: ids, names, times. */
function likeness(view: object): unknown {
  const plain = JSON.stringify(view)
    .replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'id')
    .replace(/asking-\d+/g, 'name')
    .replace(/"(at|askedAt|createdAt)":\d+/g, '"$1":0')
  return JSON.parse(plain)
}

/** An answer without the number that each ask has of its own. */
const unsigned = (answer: object) =>
  JSON.parse(JSON.stringify(answer, (key, value: unknown) => (key === 'requestId' ? '' : value))) as unknown

const request = (to: TestPerson, words = 'May I?') => ({ toId: to.userId, text: words, localId: newId<LocalId>() })
const wordsIn = async (person: TestPerson, roomId: RoomId): Promise<string[]> =>
  (await person.ask(pageMessages, { roomId })).messages.flatMap(({ body }) => ('text' in body ? [body.text] : []))
const codeOf = (answer: Answer<unknown>) => (answer.ok ? 'ok' : answer.refusal.code)
