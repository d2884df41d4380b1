import { TERMS_VERSION } from '@connectly/protocol'
import {
  acceptRequest,
  readAudit,
  blockPerson,
  clearRoom,
  deleteMessage,
  editMessage,
  editProfile,
  endOtherSessions,
  endSessionById,
  findMembers,
  getMessages,
  handOver,
  hideMessages,
  listSessions,
  markDelivered,
  markRead,
  markUnread,
  memberOf,
  profileOf,
  receiptsOf,
  roomsInCommon,
  sayTyping,
  setPrivacy,
  setRoomPrefs,
  unblockPerson,
  versionsOf,
  watchPresence,
  addMember,
  askToTalk,
  cancelRequest,
  catchUp,
  createGroup,
  declineRequest,
  findPeople,
  getPeople,
  headOf,
  leaveRoom,
  listMembers,
  openSync,
  pageMessages,
  registry,
  removeMember,
  editRoom,
  roomPlace,
  sendMessage,
  setRole,
  signIn,
  signOut,
  signUp,
  whoAmI,
  type Frame,
  type InputOf,
  type LocalId,
  type Method,
  type OutputOf,
  type UserId,
} from '../../protocol/src/index.ts'
import { roomyLimits, startServer } from '../../server/src/test-kit.ts'
import { accountStory, exampleCheck, exampleProvider, type Asker } from './account-examples.ts'

/** What was asked and answered, of a real server: over HTTP, or over a socket where there is no other door and no status. */
export type Example = { input: unknown; status: number | null; answer: unknown }
export type Examples = { byMethod: ReadonlyMap<string, Example>; refusal: Example; frame: Frame }

const BEGAN = Date.UTC(2026, 0, 1, 12)
const PASSWORD = 'the tram goes uphill at eight'

/**
 * Plays a small story on a server of its own and keeps the first ask of every method. Ids, times and checksums come out
 * the same each time. A method that the story leaves out is an error: it would have no example.
 */
export async function runExamples(): Promise<Examples> {
  let now = BEGAN
  const services = { captcha: exampleCheck(() => now), providers: [exampleProvider()] }
  const server = await startServer({ clock: () => now, services, limits: roomyLimits })
  try {
    const byMethod = new Map<string, Example>()
    const someone = (first: string): Asker => {
      const asker: Asker = {
        userId: '' as UserId,
        token: first,
        ask: async <M extends Method>(method: M, input: InputOf<M>): Promise<OutputOf<M>> => {
          now += 1000
          const { token, example } = await post(server.url, asker.token, method.name, input)
          if (!byMethod.has(method.name)) byMethod.set(method.name, example)
          if (example.status !== 200) throw new Error(`${method.name} was refused: ${JSON.stringify(example.answer)}`)
          if (token) asker.token = token
          return (example.answer as { value: OutputOf<M> }).value
        },
      }
      return asker
    }
    const join = async (username: string, name: string) => {
      const input = { username, password: PASSWORD, name, terms: TERMS_VERSION }
      const { token, example } = await post(server.url, '', signUp.name, input)
      if (!byMethod.has(signUp.name)) byMethod.set(signUp.name, example)
      return Object.assign(someone(token), { userId: (example.answer as { value: { userId: UserId } }).value.userId })
    }

    const amara = await join('amara', 'Amara')
    const benoit = await join('benoit', 'Benoît')
    const chidi = await join('chidi', 'Chidi')
    const dana = await join('dana', 'Dana')
    await someone('').ask(signIn, { username: 'amara', password: PASSWORD })
    await amara.ask(whoAmI, {})
    await amara.ask(findPeople, { text: 'ben' })
    await amara.ask(getPeople, { userIds: [benoit.userId] })
    await amara.ask(editProfile, { about: 'I take the first tram.' })
    await benoit.ask(profileOf, { userId: amara.userId })
    await chidi.ask(setPrivacy, { presence: 'contacts', typing: false })

    const first = { toId: benoit.userId, text: 'Hello Benoît, is this you?', localId: localId(1) }
    const asked = await amara.ask(askToTalk, first)
    const { roomId } = await benoit.ask(acceptRequest, { requestId: asked.requestId })
    const later = await chidi.ask(askToTalk, { toId: amara.userId, text: 'We met on the tram.', localId: localId(2) })
    await amara.ask(declineRequest, { requestId: later.requestId })
    const taken = await amara.ask(askToTalk, { toId: dana.userId, text: 'Hello Dana', localId: localId(3) })
    await amara.ask(cancelRequest, { requestId: taken.requestId })

    const listener = await server.again(benoit.userId, benoit.token).connect()
    const said = { roomId, localId: localId(4), body: { kind: 'text' as const, text: 'Yes, it is me. こんにちは!' } }
    const { messageId, seq } = await amara.ask(sendMessage, said)
    await listener.until(() => listener.frames.length > 0)
    await amara.ask(pageMessages, { roomId, limit: 2 })
    await amara.ask(editMessage, { roomId, messageId, body: { kind: 'text', text: 'Yes, it is I.' } })
    await benoit.ask(versionsOf, { roomId, messageId })
    await benoit.ask(getMessages, { roomId, messageIds: [messageId] })
    await benoit.ask(markDelivered, { marks: [{ roomId, seq }] })
    await benoit.ask(markRead, { roomId, seq })
    await benoit.ask(markUnread, { roomId, seq })
    await amara.ask(receiptsOf, { roomId, messageId })
    await benoit.ask(hideMessages, { roomId, messageIds: [messageId] })
    await amara.ask(deleteMessage, { roomId, messageId })
    for (const [method, input] of [
      [watchPresence, { userIds: [amara.userId], roomId }],
      [sayTyping, { roomId, isTyping: true }],
    ] as const) {
      const answer = await listener.socket.timeout(10_000).emitWithAck('ask', method.name, input)
      byMethod.set(method.name, { input, status: null, answer })
    }

    const group = await amara.ask(createGroup, { localId: localId(5), name: 'Tram riders', userIds: [benoit.userId] })
    await amara.ask(editRoom, { roomId: group.roomId, name: 'Tram riders, line 8' })
    await amara.ask(acceptRequest, { requestId: later.requestId })
    await amara.ask(addMember, { roomId: group.roomId, userId: chidi.userId })
    await amara.ask(setRole, { roomId: group.roomId, userId: chidi.userId, role: 'admin' })
    await amara.ask(listMembers, { roomId: group.roomId })
    await benoit.ask(findMembers, { roomId: group.roomId, text: 'chi' })
    await benoit.ask(memberOf, { roomId: group.roomId, userId: chidi.userId })
    await amara.ask(roomsInCommon, { userId: benoit.userId })
    await benoit.ask(setRoomPrefs, { roomId: group.roomId, isPinned: true })
    await benoit.ask(clearRoom, { roomId: group.roomId })
    await amara.ask(removeMember, { roomId: group.roomId, userId: chidi.userId })
    await amara.ask(headOf, { roomId })
    await amara.ask(catchUp, { place: roomPlace(roomId), after: 4 })
    await benoit.ask(openSync, { epoch: null, cursors: {}, lines: {} })
    await amara.ask(handOver, { roomId: group.roomId, userId: benoit.userId })
    await benoit.ask(leaveRoom, { roomId: group.roomId, heirId: amara.userId })
    await chidi.ask(blockPerson, { userId: dana.userId })
    await chidi.ask(unblockPerson, { userId: dana.userId })
    const { example: refusal } = await post(server.url, dana.token, sendMessage.name, said)
    const listed = await amara.ask(listSessions, {})
    const another = listed.find(({ isThis }) => !isThis)
    if (!another) throw new Error('a second session is missing')
    await amara.ask(endSessionById, { sessionId: another.sessionId })
    await amara.ask(endOtherSessions, {})
    await dana.ask(signOut, {})
    const wait = (ms: number) => void (now += ms)
    // Lines of one commit have one time, and come in any order: the newest stands alone.
    await accountStory({ server, now: () => now, wait, password: PASSWORD, someone, join })
    const audit = byMethod.get(readAudit.name)?.answer as { value: unknown[] }
    audit.value.splice(1)

    const missing = [...registry.methods.keys()].filter((name) => !byMethod.has(name))
    if (missing.length > 0) throw new Error(`no example in scripts/docs/examples.ts: ${missing.join(', ')}`)
    const steady = steadily()
    return {
      byMethod: new Map([...byMethod].map(([name, example]) => [name, steady(example)])),
      refusal: steady(refusal),
      frame: steady(listener.frames[0] as Frame),
    }
  } finally {
    await server.stop()
  }
}

/** One request, and the token that its answer sets, if it sets one. */
async function post(url: string, token: string, name: string, input: unknown) {
  const response = await fetch(`${url}/api/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify(input),
  })
  const cookie = /connectly=([^;]+)/.exec(response.headers.get('set-cookie') ?? '')
  const example: Example = { input, status: response.status, answer: await response.json() }
  return { token: cookie?.[1] ?? '', example }
}

const localId = (n: number): LocalId => `5e1f0000-0000-4000-8000-00000000000${n}` as LocalId

/** Gives every id that comes by a number of its own, in order, and every checksum the same letters. */
function steadily(): <T>(value: T) => T {
  const seen = new Map<string, string>()
  const steady = (id: string) => {
    if (id.startsWith('5e1f')) return id
    if (!seen.has(id)) seen.set(id, `019b0000-0000-7000-8000-${String(seen.size + 1).padStart(12, '0')}`)
    return seen.get(id) ?? id
  }
  return <T>(value: T): T =>
    JSON.parse(
      JSON.stringify(value)
        .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, steady)
        .replace(/"checksum":"[^"]+"/g, '"checksum":"43-characters-of-base64url-SHA-256-of-content"')
        .replaceAll(/http:\/\/(?:localhost|127\.0\.0\.1):\d+/g, 'https://chat.example.org')
        .replaceAll(/(?<=[0-9a-f]{12})\.[\w-]{43}/g, '.…')
        .replaceAll(/"(code|totp)":"\d{6}"/g, '"$1":"123456"')
        .replaceAll(/"guest-[a-z0-9]{6}"/g, '"guest-4f7k2m"')
        .replaceAll(/"(key|uri)":"[^"]*"/g, '"$1":"…"')
        .replaceAll(/"[a-z0-9]{4}(?:-[a-z0-9]{4}){1,4}"/g, '"xxxx-xxxx-xxxx"')
        .replaceAll(/(?<=["=#/])(?!019b0000|5e1f|https|43-char|deleted-)[\w.-]{28,}(?=")/g, '…'),
    ) as T
}
