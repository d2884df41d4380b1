import {
  acceptRequest,
  addMember,
  askToTalk,
  createGroup,
  declineRequest,
  editProfile,
  handOver,
  markRead,
  markUnread,
  MUTED_FOREVER,
  pageMessages,
  sayTyping,
  setRole,
  setRoomPrefs,
  signOut,
  TYPING_EVERY,
  unblockPerson,
  type LocalId,
  type RequestId,
  type RoomId,
} from '@connectly/protocol'
import { newId, startServer, type TestPerson, type TestServer } from '@connectly/server/test-kit'
import { startSession } from '../../server/src/kernel/sessions.ts'
import { chatter, type Clock, type Unread } from './talk.ts'

/* A small world like the one the mockups show: who is in it, what they said, and what is left unread. */

/** Whose browser it is, by the session it has. */
export type Visitor = TestPerson & { leave: () => Promise<unknown> }

/** Usernames, names and what they say about themselves. */
const cast = {
  noor: ['noor.h', 'Noor Haddad', 'Planning the next trip, always. Tea over coffee.'],
  amara: ['amara.ok', 'Amara Okafor', 'Photographer. Chasing first light between Lagos and Lisbon.'],
  priya: ['priya.r', 'Priya Raman', 'Maps, mostly.'],
  mateo: ['mateo', 'Mateo Rossi', 'No nuts, thank you.'],
  joao: ['joao.a', 'João Almeida', ''],
  leila: ['leila.m', 'ليلى منصور', ''],
  kenji: ['mori', '森 健司', ''],
  yulia: ['yulia', 'Юлія Бондар', ''],
  linh: ['linh', 'Linh Nguyễn', ''],
  sofia: ['sofia', 'Sofia Lindqvist', ''],
  daejung: ['daejung', 'Dae-jung Kim', ''],
  samuel: ['samuel', 'Samuel Mensah', ''],
  ida: ['ida', 'Ida Berg', ''],
} as const
export type Name = keyof typeof cast
export type People = Record<Name, TestPerson>

const rooms = ['lisbon', 'amara', 'kenji', 'leila', 'yulia', 'joao', 'linh', 'sofia', 'runners'] as const
export type Rooms = Record<(typeof rooms)[number], RoomId>

export type World = Awaited<ReturnType<typeof makeWorld>>

const HOUR = 60 * 60 * 1000

/** The server's clock stands while the past is made, and runs from nine minutes past nine this evening on. */
function eveningClock() {
  const evening = new Date().setUTCHours(21, 9, 0, 0)
  const began = Date.now()
  let standing: number | null = evening - 60 * 24 * HOUR
  const clock: Clock = {
    now: () => standing ?? evening + (Date.now() - began),
    at: (daysAgo, time) => {
      const [hours = 0, minutes = 0, seconds = 0] = time.split(':').map(Number)
      standing = new Date(evening - daysAgo * 24 * HOUR).setUTCHours(hours, minutes, seconds, 0)
    },
  }
  return {
    clock,
    run: () => {
      standing = null
    },
    /** How far this world's time is from the machine's. */
    skew: evening - began,
  }
}

/** Starts a server with this world in it. What is open, typing and unread is as the mockups have it. */
export async function makeWorld(clientDir?: string) {
  const evening = eveningClock()
  const server = await startServer({ clock: evening.clock.now, ...(clientDir && { clientDir }) })
  const people = await makePeople(server)
  const requests = await makeRequests(people, evening.clock)
  const made = await makeRooms(people, evening.clock)
  const unread = await chatter(people, made, evening.clock)
  evening.run()
  const here = await Promise.all(
    (['amara', 'kenji', 'yulia', 'mateo', 'priya'] as const).map((name) => people[name].connect()),
  )
  await addSessions(server, people.noor, evening.clock)
  const typing = setInterval(() => void here[0]?.tries(sayTyping, { roomId: made.amara, isTyping: true }), TYPING_EVERY)
  return {
    server,
    people,
    rooms: made,
    requests,
    /** The message that every part of message info has somebody for. */
    told: unread.told,
    skew: evening.skew,
    visitor: (name: Name, session: 'first' | 'own') => visitor(server, people[name], evening.clock, session),
    /** What looking at screens has changed: unread, pinned, muted. */
    renew: () => renew(people, made, unread),
    stop: async () => {
      clearInterval(typing)
      await server.stop()
    },
  }
}

/** Somebody in front of a screen: by the session they have had all along, or by one that may end. */
async function visitor(
  server: TestServer,
  person: TestPerson,
  clock: Clock,
  session: 'first' | 'own',
): Promise<Visitor> {
  const own =
    session === 'own' ? server.again(person.userId, await addSession(server, person, clock.now(), '')) : person
  return { ...own, leave: () => own.ask(signOut, {}) }
}

async function addSessions(server: TestServer, noor: TestPerson, clock: Clock): Promise<void> {
  await addSession(server, noor, clock.now() - 20 * 60 * 1000, 'Safari on iPhone')
  await addSession(server, noor, clock.now() - 22 * HOUR, 'Chrome on Windows')
}

/** Writes a session straight into the store. */
async function addSession({ app }: TestServer, { userId }: TestPerson, at: number, device: string): Promise<string> {
  const { token, write } = startSession({ userId, kind: 'person', now: at, device })
  const make = () => ({ writes: [write], events: [], result: null })
  const [outcome] = await app.store.commit([{ places: [], given: [], make }], at)
  if (outcome?.kind !== 'done') throw new Error(`a session came out as ${outcome?.kind}`)
  return token
}

async function makePeople(server: TestServer): Promise<People> {
  const people: Partial<People> = {}
  for (const [key, [username, name, about]] of Object.entries(cast) as [Name, (typeof cast)[Name]][]) {
    const person = await server.person(username)
    await person.ask(editProfile, { name, about })
    people[key] = person
  }
  return people as People
}

async function makeRooms(people: People, clock: Clock): Promise<Rooms> {
  const { noor, mateo, priya, joao, leila, kenji, amara } = people
  clock.at(40, '18:00')
  const direct: Partial<Rooms> = {}
  for (const name of ['amara', 'kenji', 'leila', 'yulia', 'joao', 'linh', 'sofia'] as const)
    direct[name] = await befriended(people[name], noor, 'Hello Noor!')
  for (const other of [priya, joao, leila, kenji, amara]) await befriended(mateo, other, 'Ciao!')
  await befriended(noor, mateo, 'Ciao!')
  const lisbon = await group(mateo, 'Lisbon in May', [noor, priya, joao, leila, amara], {
    about: 'Planning, packing lists and who brings the nuts that Mateo can’t have.',
    tint: 5,
  })
  await mateo.ask(handOver, { roomId: lisbon, userId: noor.userId })
  await noor.ask(setRole, { roomId: lisbon, userId: mateo.userId, role: 'member' })
  await noor.ask(setRole, { roomId: lisbon, userId: priya.userId, role: 'admin' })
  await noor.ask(addMember, { roomId: lisbon, userId: kenji.userId })
  const runners = await group(mateo, 'Sunday runners', [noor, priya], { about: '', tint: 2 })
  return { ...(direct as Rooms), lisbon, runners }
}

async function group(
  owner: TestPerson,
  name: string,
  others: readonly TestPerson[],
  more: { about: string; tint: number },
): Promise<RoomId> {
  const userIds = others.map(({ userId }) => userId)
  return (await owner.ask(createGroup, { localId: newId<LocalId>(), name, userIds, ...more })).roomId
}

/** Two who may write to each other: one has asked, the other has read it and said yes. */
async function befriended(a: TestPerson, b: TestPerson, text: string): Promise<RoomId> {
  const { requestId } = await a.ask(askToTalk, { toId: b.userId, text, localId: newId<LocalId>() })
  const { roomId } = await b.ask(acceptRequest, { requestId })
  const { messages } = await b.ask(pageMessages, { roomId, limit: 1 })
  await b.ask(markRead, { roomId, seq: messages.at(-1)?.seq ?? 0 })
  return roomId
}

async function makeRequests({ noor, priya, daejung, samuel, ida }: People, clock: Clock) {
  const ask = async (from: TestPerson, to: TestPerson, text: string): Promise<RequestId> =>
    (await from.ask(askToTalk, { toId: to.userId, text, localId: newId<LocalId>() })).requestId
  clock.at(3, '09:30')
  const declined = await ask(samuel, noor, 'Hello Noor, are you the one with the tickets?')
  await noor.ask(declineRequest, { requestId: declined })
  const sent = await ask(noor, ida, 'Hi Ida! Amara says you rent the boat?')
  clock.at(0, '18:40')
  await ask(daejung, noor, 'Saw your photo of the tram, is that Tri-X?')
  clock.at(0, '20:14')
  const received = await ask(
    priya,
    noor,
    'Hi Noor! Mateo said you know the good tile museum. Could I ask you about it? No rush, we’re there from Thursday',
  )
  return { received, sent, declined }
}

async function renew({ noor, joao }: People, made: Rooms, unread: Unread): Promise<void> {
  await noor.ask(unblockPerson, { userId: joao.userId })
  for (const [name, seq] of Object.entries(unread.from) as [keyof Rooms, number][])
    await noor.ask(markUnread, { roomId: made[name], seq })
  await noor.ask(setRoomPrefs, { roomId: made.runners, mutedUntil: MUTED_FOREVER })
  await noor.ask(setRoomPrefs, { roomId: made.amara, isPinned: true })
}
