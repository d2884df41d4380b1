import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  addMember,
  askToTalk,
  createGroup,
  leaveRoom,
  messageSent,
  pageMessages,
  removeMember,
  sendMessage,
  setRole,
  userPlace,
  whoAmI,
  type Answer,
  type LocalId,
  type LoggedEvent,
  type Message,
  type RoomId,
} from '@connectly/protocol'
import { eventTable, placeTable } from '../store/log-tables.ts'
import type { Store } from '../store/store.ts'
import { holdNextCommit, watchReads } from '../race-kit.ts'
import { befriend, newId, roomPlace, startServer, type TestPerson, type TestServer } from '../test-kit.ts'

let server: TestServer
let people = 0
const somebody = () => server.person(`log-${++people}`)

before(async () => {
  server = await startServer()
})
after(() => server.stop())

test('[LG1] a commit that fails leaves no row, no event and no number', async () => {
  const { owner, roomId } = await group()
  const before = await numbersOf(roomId)
  breakNextCommit(server.app.store)

  const answer = await owner.tries(sendMessage, text(roomId, 'lost'))
  const kept = await owner.ask(sendMessage, text(roomId, 'kept'))

  assert.equal(codeOf(answer), 'Unavailable')
  assert.equal(kept.seq, before.seq + 1, 'the lost message used a number')
  assert.deepEqual(textsOf((await owner.ask(pageMessages, { roomId })).messages), ['kept'])
})

test('[LG1] a refused change uses no number and leaves no event', async () => {
  const { owner, roomId } = await group(1)
  const before = await numbersOf(roomId)

  const left = await owner.tries(leaveRoom, { roomId })
  const demoted = await owner.tries(setRole, { roomId, userId: owner.userId, role: 'member' })

  assert.deepEqual([codeOf(left), codeOf(demoted)], ['LastOwner', 'LastOwner'])
  assert.deepEqual(await numbersOf(roomId), before)
})

test('[LG1] every number of every place, through a whole story, belongs to exactly one event', async () => {
  const { owner, others, roomId } = await group(2)
  const [first, second] = others as [TestPerson, TestPerson]
  await owner.ask(setRole, { roomId, userId: first.userId, role: 'admin' })
  await second.ask(sendMessage, text(roomId, 'one'))
  await first.ask(removeMember, { roomId, userId: second.userId })
  await owner.ask(addMember, { roomId, userId: second.userId })
  await first.ask(leaveRoom, { roomId })

  const places = await server.app.store.find(placeTable, { limit: 1000 })

  for (const { place, seq } of places) {
    const events = await server.app.store.find(eventTable, { where: { place }, order: [['seq', 'asc']], limit: 1000 })
    assert.deepEqual(seqsOf(events), upTo(seq), place)
  }
})

test('[LG2] while a commit is not done, nobody is told and nobody is answered', async () => {
  const { owner, others, roomId } = await group(1)
  const [hearer, sender] = [await others[0]!.connect(), await owner.connect()]
  const hold = holdNextCommit(server.app.store)

  let answered = false
  const sending = sender.ask(sendMessage, text(roomId, 'not yet')).then(() => (answered = true))
  await hold.begun
  await Promise.all([hearer.ask(whoAmI, {}), sender.ask(whoAmI, {})])
  const early = { answered, heard: hearer.heard(roomPlace(roomId)).length + sender.heard(roomPlace(roomId)).length }
  hold.release()
  await sending
  await hearer.until(() => hearer.heard(roomPlace(roomId)).length === 1, 'the message is heard')

  assert.deepEqual(early, { answered: false, heard: 0 })
})

test('[LG3] the answer arrives before the frame, on the same socket', async () => {
  const { owner, roomId } = await group()
  const { socket, frames, until } = await owner.connect()
  const heardAtAnswer: number[] = []

  for (let turn = 0; turn < 20; turn++) {
    const answered = new Promise<void>((done) =>
      socket.emit('ask', sendMessage.name, text(roomId, `turn ${turn}`), () => {
        heardAtAnswer.push(frames.length)
        done()
      }),
    )
    await until(() => frames.length === turn + 1)
    await answered
  }

  assert.deepEqual(
    heardAtAnswer,
    upTo(20).map((nth) => nth - 1),
  )
})

test('[LG4] what one commit did to a room is one frame, the same for everyone in it, the sender included', async () => {
  const { owner, others, roomId } = await group(2)
  const seats = await Promise.all([owner, ...others].map((each) => each.connect()))
  const [sender] = seats as [(typeof seats)[0]]
  const place = roomPlace(roomId)

  await inOneCommit(
    sender,
    ['a', 'b', 'c', 'd'].map((word) => () => sender.ask(sendMessage, text(roomId, word))),
  )
  await Promise.all(seats.map((seat) => seat.until(() => seat.heard(place).length === 4, 'four messages')))

  const frames = seats.map((seat) => seat.frames.filter((frame) => frame.place === place))
  assert.deepEqual(
    frames.map((each) => each.length),
    [1, 1, 1],
    'the four messages came in one frame',
  )
  assert.deepEqual(frames[1], frames[0])
  assert.deepEqual(frames[2], frames[0])
})

test('[LG5] many speak at once: everyone hears 1, 2, 3 … in the same order', async () => {
  const { owner, others, roomId } = await group(3)
  const place = roomPlace(roomId)
  const seats = await Promise.all([owner, ...others].map((each) => each.connect()))
  const from = (await numbersOf(roomId)).seq

  const sent = await Promise.all(
    seats.flatMap((seat, who) =>
      upTo(30).map((nth) => seat.ask(sendMessage, text(roomId, `${who}: ${nth}`)).then((message) => message.seq)),
    ),
  )
  await Promise.all(seats.map((seat) => seat.until(() => seat.heard(place).length >= sent.length, 'all messages')))

  const wanted = upTo(sent.length).map((nth) => from + nth)
  assert.deepEqual(
    [...sent].sort((a, b) => a - b),
    wanted,
  )
  for (const seat of seats) assert.deepEqual(seqsOf(seat.heard(place)), wanted)
  assert.ok(seats.every((seat) => JSON.stringify(seat.heard(place)) === JSON.stringify(seats[0]?.heard(place))))
})

test('[LG6] one hears a room from the event of one’s seat to the event that took it, within one commit too', async () => {
  const { owner, others, roomId } = await group(1)
  const guest = await somebody()
  await befriend(owner, guest)
  const place = roomPlace(roomId)
  const [talker, listener, stayer] = [await owner.connect(), await guest.connect(), await others[0]!.connect()]

  await inOneCommit(talker, [
    () => talker.ask(sendMessage, text(roomId, 'before')),
    () => talker.ask(addMember, { roomId, userId: guest.userId }),
    () => talker.ask(sendMessage, text(roomId, 'welcome')),
  ])
  await inOneCommit(talker, [
    () => talker.ask(sendMessage, text(roomId, 'farewell')),
    () => talker.ask(removeMember, { roomId, userId: guest.userId }),
    () => talker.ask(sendMessage, text(roomId, 'after')),
  ])
  await stayer.until(() => stayer.heard(place).some((event) => textOf(event) === 'after'), 'the last word is said')
  await listener.ask(whoAmI, {})

  assert.deepEqual(listener.heard(place).map(gist), [
    'rooms.memberAdded',
    'system: memberAdded',
    'welcome',
    'farewell',
    'rooms.memberRemoved',
  ])
  assert.deepEqual(
    seqsOf(stayer.heard(place)),
    stayer.heard(place).map((event, nth) => (stayer.heard(place)[0]?.seq ?? 0) + nth),
    'who stays hears every number',
  )
  assert.equal(stayer.heard(place).map(gist).at(-1), 'after')
})

test('[LG6] who leaves by themselves hears that, and nothing after', async () => {
  const { owner, others, roomId } = await group(1)
  const place = roomPlace(roomId)
  const leaver = await others[0]!.connect()
  const talker = await owner.connect()

  await leaver.ask(leaveRoom, { roomId })
  await talker.ask(sendMessage, text(roomId, 'are you there?'))
  await talker.until(() => talker.heard(place).some((event) => textOf(event) === 'are you there?'))
  await leaver.ask(whoAmI, {})

  assert.deepEqual(leaver.heard(place).map(gist), ['rooms.memberRemoved'])
})

test('[LG8] of a message the log keeps the number, of a request the key, and of neither a word', async () => {
  const { owner, others, roomId } = await group(1)
  const stranger = await somebody()
  const secret = 'a word that only its row may keep'
  await owner.ask(sendMessage, text(roomId, secret))
  const asked = await owner.ask(askToTalk, { toId: stranger.userId, text: secret, localId: newId<LocalId>() })

  const events = await server.app.store.find(eventTable, { limit: 100_000 })
  const caughtUp = await others[0]!.connect({ [roomPlace(roomId)]: (await numbersOf(roomId)).seq - 1 }, await epoch())

  assert.ok(!JSON.stringify(events).includes(secret))
  assert.deepEqual(dataOf(events, roomPlace(roomId), messageSent.name).at(-1), {})
  assert.deepEqual(dataOf(events, userPlace(stranger.userId), 'requests.received'), [{ requestId: asked.requestId }])
  const filled = caughtUp.opened.places.flatMap((place) => (place.kind === 'events' ? place.events : []))
  assert.equal(textOf(filled.at(-1)!), secret, 'and it is filled from the row when it is read')
})

async function group(size = 0) {
  const owner = await somebody()
  const others = await Promise.all(Array.from({ length: size }, somebody))
  for (const other of others) await befriend(owner, other)
  const userIds = others.map((other) => other.userId)
  const { roomId } = await owner.ask(createGroup, { localId: newId<LocalId>(), name: 'Crew', userIds })
  return { owner, others, roomId }
}

/** Asks, in this order, that share one commit: they wait while another, in a room of its own, is held on its way to the disk. */
async function inOneCommit(
  seat: Awaited<ReturnType<TestPerson['connect']>>,
  asks: readonly (() => Promise<unknown>)[],
): Promise<void> {
  const plug = await seat.ask(createGroup, { localId: newId<LocalId>(), name: 'Plug', userIds: [] })
  const hold = holdNextCommit(server.app.store)
  const asked: Promise<unknown>[] = [seat.ask(sendMessage, text(plug.roomId, 'plug'))]
  await hold.begun
  const reading = watchReads(server.app.store)
  for (const ask of asks) {
    asked.push(ask())
    await seat.ask(whoAmI, {})
    await reading.settled()
  }
  reading.stop()
  hold.release()
  await Promise.all(asked)
}

/** The disk fails once. */
function breakNextCommit(store: Store): void {
  const commit = store.commit.bind(store)
  store.commit = () => {
    store.commit = commit
    return Promise.reject(new Error('the disk is gone'))
  }
}

async function numbersOf(roomId: RoomId) {
  const place = roomPlace(roomId)
  const row = await server.app.store.get(placeTable, { place })
  return { seq: row?.seq ?? 0, events: await server.app.store.count(eventTable, { place }, 10_000) }
}

const epoch = async () => (await (await somebody()).connect()).opened.epoch
const text = (roomId: RoomId, words: string) => ({
  roomId,
  localId: newId<LocalId>(),
  body: { kind: 'text' as const, text: words },
})
const textOf = (event: LoggedEvent): string | undefined =>
  (event.data as { message?: { body?: { text?: string } } }).message?.body?.text
const textsOf = (messages: readonly Message[]) =>
  messages.flatMap((message) => ('text' in message.body ? [message.body.text] : []))
const codeOf = (answer: Answer<unknown>) => (answer.ok ? 'ok' : answer.refusal.code)
const seqsOf = (events: readonly { seq: number }[]) => events.map((event) => event.seq)
const upTo = (most: number) => Array.from({ length: most }, (_, index) => index + 1)
const dataOf = (events: readonly { place: string; name: string; data: object }[], place: string, name: string) =>
  events.filter((event) => event.place === place && event.name === name).map((event) => event.data)

/** An event in a word: what a message says, or the event's name. */
function gist(event: LoggedEvent): string {
  const body = (event.data as { message?: Message }).message?.body
  if (!body) return event.name
  if ('code' in body) return `system: ${body.code}`
  return 'text' in body ? body.text : body.kind
}
