import assert from 'node:assert/strict'
import { after, afterEach, before, test } from 'node:test'
import {
  addMember,
  deleteMessage,
  DELETE_WINDOW,
  editMessage,
  openSync,
  pageMessages,
  removeMember,
  sendMessage,
  setRole,
  versionsOf,
  type Message,
  type MessageId,
  type RoomLine,
} from '@connectly/protocol'
import { atOnce, type Asking } from '../../race-kit.ts'
import { befriend, newId, roomPlace, startServer, type TestPerson, type TestServer } from '../../test-kit.ts'
import { checksumOf } from './index.ts'
import { allRows, codeOf, crew, logOf, pageOf, say, text, wordsIn } from './messages-kit.ts'
import { messageTable } from './messages.tables.ts'

let server: TestServer
let skew = 0
const body = (words: string) => ({ kind: 'text' as const, text: words })

before(async () => {
  server = await startServer({ clock: () => Date.now() + skew })
})
afterEach(() => {
  skew = 0
})
after(() => server.stop())

test('an edit is heard, read and quoted by all, and the message keeps its place, its id and its time', async () => {
  const { owner, others, roomId } = await crew(server, 1)
  const listener = await others[0]!.connect()
  const sent = await say(owner, roomId, 'teh words')

  const edited = await owner.ask(editMessage, { roomId, messageId: sent.messageId, body: body('the words') })
  await listener.until(() => listener.heard(roomPlace(roomId)).length === 2)

  const { editedAt } = edited
  assert.ok(editedAt !== null && editedAt >= sent.at)
  assert.deepEqual(edited, {
    ...sent,
    body: body('the words'),
    editedAt,
    rev: sent.seq + 1,
    checksum: checksumOf({ ...sent, body: body('the words') }),
  })
  assert.deepEqual(listener.heard(roomPlace(roomId)).at(-1)?.data, { messageId: sent.messageId, message: edited })
  assert.deepEqual((await pageOf(others[0]!, roomId)).messages.at(-1), edited)
  assert.deepEqual((await lineOf(others[0]!, roomId)).last?.body, body('the words'))
})

test('every version stays readable, the newest first, each from when it was said', async () => {
  const { owner, others, roomId } = await crew(server, 1)
  const { messageId, at } = await say(owner, roomId, 'one')
  const times = [at]
  for (const words of ['two', 'three']) {
    skew += 1000
    times.push((await owner.ask(editMessage, { roomId, messageId, body: body(words) })).editedAt ?? 0)
  }

  const versions = await others[0]!.ask(versionsOf, { roomId, messageId })

  assert.deepEqual(
    versions,
    ['three', 'two', 'one'].map((words, nth) => ({ body: body(words), at: times[2 - nth] })),
  )
})

test('the same words change nothing: no event, no version, no mark of an edit', async () => {
  const { owner, roomId } = await crew(server)
  const sent = await say(owner, roomId, 'as it was')

  const same = await owner.ask(editMessage, { roomId, messageId: sent.messageId, body: body('as it was') })

  assert.deepEqual(same, sent)
  assert.equal((await owner.ask(versionsOf, { roomId, messageId: sent.messageId })).length, 1)
  assert.equal((await logOf(owner, roomPlace(roomId), sent.seq)).length, 0)
})

test('nobody edits what another said, what the room said, what is not there, or what was deleted', async () => {
  const { owner, others, roomId } = await crew(server, 1)
  const member = others[0]!
  const [mine, theirs] = [await say(member, roomId, 'mine'), await say(owner, roomId, 'theirs')]
  const system = (await pageOf(owner, roomId)).messages.find((each) => each.body.kind === 'system')!
  await member.ask(deleteMessage, { roomId, messageId: mine.messageId })

  const tries = [
    [member, theirs.messageId],
    [owner, mine.messageId],
    [owner, system.messageId],
    [member, newId<MessageId>()],
    [member, mine.messageId],
  ] as const
  const answers = await Promise.all(
    tries.map(([who, messageId]) => who.tries(editMessage, { roomId, messageId, body: body('changed') })),
  )

  assert.deepEqual(answers.map(codeOf), ['NotAllowed', 'NotAllowed', 'NotAllowed', 'NotFound', 'MessageDeleted'])
  assert.ok(!(await wordsIn(owner, roomId)).includes('changed'))
})

test('a message of another room cannot be changed, read or deleted by naming a room of mine', async () => {
  const [here, there] = [await crew(server), await crew(server)]
  const { messageId } = await say(there.owner, there.roomId, 'elsewhere')
  const { owner, roomId } = here

  const answers = [
    await owner.tries(editMessage, { roomId, messageId, body: body('mine now') }),
    await owner.tries(deleteMessage, { roomId, messageId }),
    await owner.tries(versionsOf, { roomId, messageId }),
  ]

  assert.deepEqual(answers.map(codeOf), ['NotFound', 'NotFound', 'NotFound'])
})

test('what was deleted for everyone leaves a line that says by whom, and the words are in no row of any table', async () => {
  const { owner, others, roomId } = await crew(server, 1)
  const [author, listener] = [others[0]!, await owner.connect()]
  const original = await say(owner, roomId, 'a question')
  const [first, second] = ['regretted-at-once', 'regretted-again']
  const sent = await say(author, roomId, first, original.messageId)
  const { messageId } = sent
  await author.ask(editMessage, { roomId, messageId, body: body(second) })

  const left = await author.ask(deleteMessage, { roomId, messageId })
  const again = await author.ask(deleteMessage, { roomId, messageId })
  await listener.until(() => listener.heard(roomPlace(roomId)).length === 4)
  const rows = await allRows(server.app.store)

  assert.deepEqual(left, {
    ...sent,
    body: { kind: 'deleted', byId: author.userId },
    replyTo: null,
    deletedAt: left.deletedAt,
    rev: sent.seq + 2,
    checksum: checksumOf(left),
  })
  assert.ok(left.deletedAt)
  assert.deepEqual(again, left)
  assert.deepEqual(listener.heard(roomPlace(roomId)).at(-1)?.data, { messageId, message: left })
  assert.deepEqual(await owner.ask(versionsOf, { roomId, messageId }), [])
  assert.deepEqual((await pageOf(owner, roomId)).messages.at(-1), left)
  assert.ok(rows.includes('a question') && !rows.includes(first) && !rows.includes(second))
})

test('the first message, asked with and carried over, is deleted with its request’s words', async () => {
  const [a, b] = [await server.person('asks-first'), await server.person('is-asked')]
  const roomId = await befriend(a, b, 'words-of-a-request')
  const [carried] = (await pageOf(b, roomId)).messages

  await a.ask(deleteMessage, { roomId, messageId: carried!.messageId })

  assert.ok(!(await allRows(server.app.store)).includes('words-of-a-request'))
})

test('who wrote it deletes it for everyone within 48 hours; who may delete any, at any time', async () => {
  const { owner, others, roomId } = await crew(server, 2)
  const [author, member] = others as [TestPerson, TestPerson]
  const [early, late] = [await say(author, roomId, 'early'), await say(author, roomId, 'late')]
  const ours = await say(owner, roomId, 'of the owner')
  const remove = (who: TestPerson, { messageId }: Message) => who.tries(deleteMessage, { roomId, messageId })

  const anothers = await remove(member, early)
  skew = DELETE_WINDOW - 60_000
  const inTime = await remove(author, early)
  skew = DELETE_WINDOW + 60_000
  const answers = [await remove(author, late), await remove(member, late), await remove(member, early)]
  const byOwner = await owner.ask(deleteMessage, { roomId, messageId: late.messageId })
  const own = await remove(owner, ours)
  const known = await remove(author, late)

  assert.equal(codeOf(anothers), 'NotAllowed')
  assert.equal(codeOf(inTime), 'ok')
  assert.deepEqual(answers.map(codeOf), ['TooLate', 'NotAllowed', 'NotAllowed'])
  assert.deepEqual(byOwner.body, { kind: 'deleted', byId: owner.userId })
  assert.equal(byOwner.authorId, author.userId)
  assert.deepEqual([own, known].map(codeOf), ['ok', 'ok'])
})

test('in a chat of two nobody deletes what the other said, and nobody deletes what the room says', async () => {
  const [a, b] = [await server.person('two-a'), await server.person('two-b')]
  const direct = await befriend(a, b)
  const said = await say(a, direct, 'mine')
  const { owner, roomId } = await crew(server)
  const system = (await pageOf(owner, roomId)).messages[0]!

  const answers = [
    await b.tries(deleteMessage, { roomId: direct, messageId: said.messageId }),
    await owner.tries(deleteMessage, { roomId, messageId: system.messageId }),
  ]

  assert.deepEqual(answers.map(codeOf), ['NotAllowed', 'NotAllowed'])
})

test('a send repeated after an edit or a deletion is still the same message', async () => {
  const { owner, roomId } = await crew(server)
  const input = text(roomId, 'said once')
  const { messageId } = await owner.ask(sendMessage, input)

  const edited = await owner.ask(editMessage, { roomId, messageId, body: body('said otherwise') })
  const repeated = await owner.ask(sendMessage, input)
  const other = await owner.tries(sendMessage, { ...input, body: body('said otherwise') })
  const left = await owner.ask(deleteMessage, { roomId, messageId })
  const late = await owner.ask(sendMessage, input)

  assert.deepEqual(repeated, edited)
  assert.equal(codeOf(other), 'KeyReused')
  assert.deepEqual(late, left)
})

test('who came later hears that an earlier message changed, and not what it says', async () => {
  const { owner, others, roomId } = await crew(server, 1)
  const member = others[0]!
  const { messageId } = await say(owner, roomId, 'before you came')
  await owner.ask(removeMember, { roomId, userId: member.userId })
  await owner.ask(addMember, { roomId, userId: member.userId })
  const [listener, hearing] = [await member.connect(), await owner.connect()]
  const joined = (await pageOf(owner, roomId)).messages.at(-1)!.seq

  const edited = await owner.ask(editMessage, { roomId, messageId, body: body('nothing for you') })
  await owner.ask(deleteMessage, { roomId, messageId })
  await listener.until(() => listener.heard(roomPlace(roomId)).length === 2)
  await hearing.until(() => hearing.heard(roomPlace(roomId)).length === 2)

  const bare = { messageId, message: null }
  assert.deepEqual(
    listener.heard(roomPlace(roomId)).map((event) => event.data),
    [bare, bare],
  )
  assert.deepEqual(hearing.heard(roomPlace(roomId))[0]?.data, { messageId, message: edited })
  assert.deepEqual(
    (await logOf(member, roomPlace(roomId), joined)).map((event) => event.data),
    [bare, bare],
  )
})

test('what changed while one was away is told as it is now, its words only where it still has them', async () => {
  const { owner, others, roomId } = await crew(server, 1)
  const [kept, gone] = [await say(owner, roomId, 'kept'), await say(owner, roomId, 'gone')]
  const edited = await owner.ask(editMessage, { roomId, messageId: kept.messageId, body: body('kept, and better') })
  await owner.ask(editMessage, { roomId, messageId: gone.messageId, body: body('gone too') })
  const left = await owner.ask(deleteMessage, { roomId, messageId: gone.messageId })

  const log = await logOf(others[0]!, roomPlace(roomId), kept.seq - 1)

  assert.deepEqual(
    log.map((event) => event.data['message']),
    [edited, left, edited, left, left],
  )
  assert.ok(!JSON.stringify(log).includes('gone'))
})

test('[AS2] of an edit and a deletion at the same moment the deletion stays, and no words', async () => {
  for (const order of [0, 1]) {
    const { owner, roomId } = await crew(server)
    const { messageId } = await say(owner, roomId, `raced-${order}`)
    const asks: Asking[] = [
      [owner, (seat) => seat.tries(editMessage, { roomId, messageId, body: body(`raced-again-${order}`) })],
      [owner, (seat) => seat.tries(deleteMessage, { roomId, messageId })],
    ]

    const answers = await atOnce(server, order ? asks.toReversed() : asks)

    assert.deepEqual(answers.map(codeOf), order ? ['ok', 'MessageDeleted'] : ['ok', 'ok'])
    assert.equal((await pageOf(owner, roomId)).messages.at(-1)?.body.kind, 'deleted')
    assert.ok(!(await allRows(server.app.store)).includes('raced-'))
  }
})

test('[AS2] of two edits at the same moment both are kept, one after the other', async () => {
  const { owner, roomId } = await crew(server)
  const { messageId, seq } = await say(owner, roomId, 'one')

  const answers = await atOnce(
    server,
    ['two', 'three'].map((words) => [
      owner,
      (seat) => seat.tries(editMessage, { roomId, messageId, body: body(words) }),
    ]),
  )

  assert.deepEqual(answers.map(codeOf), ['ok', 'ok'])
  assert.deepEqual(
    (await owner.ask(versionsOf, { roomId, messageId })).map((version) => version.body.text),
    ['three', 'two', 'one'],
  )
  assert.equal((await pageOf(owner, roomId)).messages.at(-1)?.rev, seq + 2)
})

test('[AS2] nobody answers what is deleted at the same moment', async () => {
  const { owner, others, roomId } = await crew(server, 1)
  const { messageId } = await say(owner, roomId, 'gone in a moment')

  const answers = await atOnce(server, [
    [owner, (seat) => seat.tries(deleteMessage, { roomId, messageId })],
    [others[0]!, (seat) => seat.tries(sendMessage, text(roomId, 'an answer', { replyToId: messageId }))],
  ])

  assert.deepEqual(answers.map(codeOf), ['ok', 'MessageDeleted'])
  assert.ok(!(await wordsIn(owner, roomId)).includes('an answer'))
})

test('the checksum of what was edited or deleted is that of its row', async () => {
  const { owner, roomId } = await crew(server)
  const [edited, deleted] = [await say(owner, roomId, 'to edit'), await say(owner, roomId, 'to delete')]
  await owner.ask(editMessage, { roomId, messageId: edited.messageId, body: body('edited') })
  await owner.ask(deleteMessage, { roomId, messageId: deleted.messageId })

  const rows = await server.app.store.find(messageTable, { where: { roomId }, limit: 10 })

  assert.equal(rows.length, 3)
  for (const row of rows) assert.equal(row.checksum, checksumOf(row))
})

test('an admin deletes what a member said, and no longer once they are a member', async () => {
  const { owner, others, roomId } = await crew(server, 2)
  const [admin, member] = others as [TestPerson, TestPerson]
  await owner.ask(setRole, { roomId, userId: admin.userId, role: 'admin' })
  const [first, second] = [await say(member, roomId, 'first'), await say(member, roomId, 'second')]

  const before = await admin.tries(deleteMessage, { roomId, messageId: first.messageId })
  await owner.ask(setRole, { roomId, userId: admin.userId, role: 'member' })
  const after = await admin.tries(deleteMessage, { roomId, messageId: second.messageId })

  assert.deepEqual([before, after].map(codeOf), ['ok', 'NotAllowed'])
  assert.deepEqual((await member.ask(pageMessages, { roomId })).messages.at(-1), second)
})

async function lineOf(who: TestPerson, roomId: string): Promise<RoomLine> {
  const { places } = await who.ask(openSync, { epoch: null, cursors: {}, lines: {} })
  const [own] = places
  assert.ok(own?.kind === 'reset')
  const { lines } = own.head.slices['rooms'] as { lines: RoomLine[] }
  return lines.find((line) => line.room.roomId === roomId) ?? assert.fail('no such line')
}
