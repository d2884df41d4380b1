import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  addMember,
  catchUp,
  editProfile,
  headOf,
  memberAdded,
  openSync,
  personChanged,
  roomPlace,
  type LoggedEvent,
  type Member,
  type Person,
  type RoomId,
  type RoomLine,
} from '@connectly/protocol'
import { eventTable } from '../../store/log-tables.ts'
import { befriend, startServer, type TestPerson, type TestServer } from '../../test-kit.ts'
import { blockTable } from '../blocks/index.ts'
import { holdRead, roomsKit } from './rooms-kit.ts'

let server: TestServer
const { somebody, crew } = roomsKit('names', () => server)

before(async () => {
  server = await startServer()
})
after(() => server.stop())

test('a new name comes to everybody in every room of its bearer, and to nobody else', async () => {
  const { owner, others, roomId } = await crew(2)
  const [member, stranger] = [others[0]!, await somebody()]
  const direct = await befriend(member, stranger)
  const away = await befriend(stranger, await somebody())
  const [inGroup, inDirect] = [await member.connect(), await stranger.connect()]
  const own = await befriend(owner, stranger)

  const { person } = await owner.ask(editProfile, { name: 'Captain' })
  await inGroup.until(() => changes(inGroup.heard(roomPlace(roomId))).length > 0)
  await inDirect.until(() => changes(inDirect.heard(roomPlace(own))).length > 0)

  assert.deepEqual(changes(inGroup.heard(roomPlace(roomId))), [{ userId: owner.userId, person }])
  assert.deepEqual(changes(inDirect.heard(roomPlace(own))), [{ userId: owner.userId, person }])
  for (const other of [direct, away]) assert.deepEqual(changes(await logOf(stranger, other)), [])
})

test('the log of a room keeps no name: whoever catches up is told the name of the day', async () => {
  const { owner, others, roomId } = await crew(1)
  const listener = await others[0]!.connect()
  await owner.ask(editProfile, { name: 'A name to leave behind' })
  const { person } = await owner.ask(editProfile, { name: 'The name of the day' })
  await listener.until(() => changes(listener.heard(roomPlace(roomId))).length === 2)

  const kept = await server.app.store.find(eventTable, {
    where: { place: roomPlace(roomId), name: personChanged.name },
    limit: 10,
  })
  const filled = changes(await logOf(others[0]!, roomId))

  assert.deepEqual(
    kept.map((event) => event.data),
    Array(2).fill({ userId: owner.userId }),
  )
  assert.deepEqual(filled, Array(2).fill({ userId: owner.userId, person }))
})

test('heads and lines carry the new name', async () => {
  const [a, b] = [await somebody(), await somebody()]
  const roomId = await befriend(a, b)

  const { person } = await a.ask(editProfile, { name: 'Somebody New' })
  const head = await b.ask(headOf, { roomId })
  const { places } = await b.ask(openSync, { epoch: null, cursors: {}, lines: {} })

  const { members } = head.slices['rooms'] as { members: Member[] }
  const [own] = places
  assert.ok(own?.kind === 'reset')
  const { lines } = own.head.slices['rooms'] as { lines: RoomLine[] }
  assert.deepEqual(members.find((member) => member.person.userId === a.userId)?.person, person)
  assert.deepEqual(lines[0]?.other, person)
})

test('somebody without a room changes their name like anyone', async () => {
  const me = await somebody()

  const { person } = await me.ask(editProfile, { name: 'Hermit' })

  assert.equal(person.name, 'Hermit')
})

test('[AS2] a name that changes while its bearer is added is the one that the room hears', async () => {
  const { owner, roomId } = await crew(0)
  const coming = await somebody()
  const direct = await befriend(owner, coming)
  const listener = await owner.connect()
  const held = holdRead(server, blockTable)

  const adding = owner.tries(addMember, { roomId, userId: coming.userId })
  await held.made
  await coming.ask(editProfile, { name: 'After' })
  await listener.until(() => changes(listener.heard(roomPlace(direct))).length > 0, 'the name has travelled')
  held.release()
  const answer = await adding
  await listener.until(() => namesOf(listener.heard(roomPlace(roomId)), coming).length > 0)

  assert.ok(answer.ok)
  assert.deepEqual(namesOf(listener.heard(roomPlace(roomId)), coming), ['After'])
})

/** Every name that a room was told of somebody, in order. */
function namesOf(events: readonly LoggedEvent[], { userId }: TestPerson): string[] {
  return events
    .filter((event) => event.name === memberAdded.name || event.name === personChanged.name)
    .map((event) => (event.data as { person: Person }).person)
    .filter((person) => person.userId === userId)
    .map((person) => person.name)
}

async function logOf(person: TestPerson, roomId: RoomId): Promise<LoggedEvent[]> {
  const log = await person.ask(catchUp, { place: roomPlace(roomId), after: 0 })
  return log.kind === 'events' ? log.events : assert.fail('the log is gone')
}

const changes = (events: readonly LoggedEvent[]) =>
  events.filter((event) => event.name === personChanged.name).map((event) => event.data)
