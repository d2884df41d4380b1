import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { inflateRawSync } from 'node:zlib'
import {
  askCopy,
  askToTalk,
  cancelCopy,
  createGroup,
  downloadCopy,
  leave,
  myData,
  pageMessages,
  profileOf,
  readAudit,
  sendMessage,
  setRole,
  stay,
  whoAmI,
  type Answer,
  type LocalId,
  type RoomId,
} from '@connectly/protocol'
import type { Overrides } from '../../app.ts'
import { befriend, newId, roomPlace, startServer, type TestPerson, type TestServer } from '../../test-kit.ts'
import { patch } from '../../store/store.ts'
import { userTable } from '../accounts/index.ts'
import { erasureTable, messageTable } from '../messages/index.ts'
import { seatTable } from '../rooms/index.ts'
import { COPY_LIFE, COPY_WAIT, LEAVE_WAIT } from './mydata.ts'
import { leavingTable } from './mydata.tables.ts'

const MINUTE = 60 * 1000

test('a copy is asked for with a step-up, one at a time, is ready after a while, and goes again', async (t) => {
  const { server, time } = await timed(t)
  const person = await server.person('careful')
  const stepUp = await server.stepUp(person)

  const asked = await person.ask(askCopy, { stepUp })
  const again = await person.tries(askCopy, { stepUp })
  const [copy] = asked.copies
  const tooSoon = await person.tries(downloadCopy, { stepUp, copyId: copy!.copyId })
  time.now += COPY_WAIT + COPY_LIFE + 1
  const later = await person.ask(myData, {})

  assert.equal(codeOf(again), 'CopyPending')
  assert.equal(codeOf(tooSoon), 'NotReady')
  assert.equal(copy!.readyAt - copy!.askedAt, COPY_WAIT)
  assert.deepEqual(later.copies, [])
})

test('the archive holds what is mine and what others wrote to me, no secret, and opens in any program', async (t) => {
  const { server, time } = await timed(t)
  const [person, friend] = [await server.person('noor'), await server.person('mateo')]
  const roomId = await befriend(person, friend, 'Shall we?')
  await person.ask(sendMessage, words(roomId, 'A walk by the sea <script>'))
  await friend.ask(sendMessage, words(roomId, 'At eight'))
  const { copyId } = await copyOf(server, person, time)

  const { path } = await person.ask(downloadCopy, { stepUp: await server.stepUp(person), copyId })
  const response = await fetch(`${server.url}${path}`)
  const files = unzip(Buffer.from(await response.arrayBuffer()))

  assert.equal(response.headers.get('content-disposition'), 'attachment; filename=connectly-noor.zip')
  assert.equal(response.headers.get('cache-control'), 'no-store')
  assert.equal((JSON.parse(files.get('account.json') ?? '') as { username: string }).username, 'noor')
  const said = JSON.parse(files.get(`messages/room-${roomId}.json`) ?? '') as { body: { text: string } }[]
  assert.deepEqual(
    said.map(({ body }) => body.text),
    ['Shall we?', 'A walk by the sea <script>', 'At eight'],
  )
  assert.doesNotMatch(files.get(`messages/room-${roomId}.html`) ?? '', /<script/)
  for (const text of files.values()) assert.doesNotMatch(text, /argon2|tokenHash|passwordHash/)
})

test('[AS13] the link to an archive opens it once, for five minutes, and nobody else’s copy is there', async (t) => {
  const { server, time } = await timed(t)
  const [person, other] = [await server.person('noor'), await server.person('other')]
  const { copyId } = await copyOf(server, person, time)
  const stepUp = await server.stepUp(person)

  const theirs = await other.tries(downloadCopy, { stepUp: await server.stepUp(other), copyId })
  const first = await person.ask(downloadCopy, { stepUp, copyId })
  const second = await person.ask(downloadCopy, { stepUp, copyId })
  const statuses = [(await fetch(server.url + first.path)).status, (await fetch(server.url + first.path)).status]
  time.now += 6 * MINUTE

  assert.equal(codeOf(theirs), 'NotFound')
  assert.deepEqual(statuses, [200, 404])
  assert.equal((await fetch(server.url + second.path)).status, 404)
})

test('a copy that was asked for can be done without', async (t) => {
  const { server } = await timed(t)
  const person = await server.person('noor')
  const { copies } = await person.ask(askCopy, { stepUp: await server.stepUp(person) })

  const left = await person.ask(cancelCopy, { copyId: copies[0]!.copyId })

  assert.deepEqual(left.copies, [])
})

test('leaving wants the username and a step-up, ends other sessions at once, and can be undone for two weeks', async (t) => {
  const { server, time, chores } = await timed(t)
  const person = await server.person('noor')
  await givenAddress(server, person)
  const stepUp = await server.stepUp(person)

  const wrong = await person.tries(leave, { stepUp, username: 'somebody', messages: 'keep' })
  const { leaving } = await person.ask(leave, { stepUp, username: ' Noor ', messages: 'keep' })
  await chores(async () => (await outbox(server)).includes('leaving'))
  const back = await person.ask(stay, {})
  time.now += LEAVE_WAIT + MINUTE

  assert.equal(codeOf(wrong), 'WrongProof')
  assert.equal((leaving?.leavesAt ?? 0) - (leaving?.askedAt ?? 0), LEAVE_WAIT)
  assert.equal(back.leaving, null)
  assert.equal(codeOf(await person.tries(whoAmI, {})), 'ok')
})

for (const messages of ['keep', 'delete'] as const)
  test(`after two weeks an account is gone, its groups go on, and its messages: ${messages}`, async (t) => {
    const { server, time, chores } = await timed(t)
    const [person, friend, third] = [
      await server.person('noor'),
      await server.person('mateo'),
      await server.person('third'),
    ]
    await givenAddress(server, person)
    const direct = await befriend(person, friend, 'Shall we?')
    await befriend(person, third)
    const { roomId } = await person.ask(createGroup, group('Ours', [friend, third]))
    await person.ask(setRole, { roomId, userId: third.userId, role: 'admin' })
    await person.ask(sendMessage, words(roomId, 'my words'))
    const asked = await server.person('asked')
    await person.ask(askToTalk, { toId: asked.userId, text: 'May I?', localId: newId<LocalId>() })
    const seat = await friend.connect({ [roomPlace(roomId)]: 0 })
    await person.ask(leave, { stepUp: await server.stepUp(person), username: 'noor', messages })

    time.now += LEAVE_WAIT + 1
    await chores(async () => (await server.app.store.count(leavingTable, {}, 1)) === 0)
    await seat.until(
      () => seat.heard(roomPlace(roomId)).some(({ name }) => name === 'rooms.memberRemoved'),
      'they left',
    )

    const { person: shown, about } = await friend.ask(profileOf, { userId: person.userId })
    assert.equal(shown.name, 'Deleted account')
    assert.match(shown.username, /^deleted-[0-9a-f]{24}$/)
    assert.equal(about, '')
    assert.equal(codeOf(await person.tries(whoAmI, {})), 'SignedOut')
    const rows = await server.app.store.find(messageTable, { where: { roomId, authorId: person.userId }, limit: 10 })
    const text = rows
      .filter(({ body }) => body.kind !== 'system')
      .map(({ body }) => ('text' in body ? body.text : body.kind))
    assert.deepEqual(text, [messages === 'keep' ? 'my words' : 'deleted'])
    assert.equal((await server.app.store.count(erasureTable, {}, 10)) > 0, messages === 'delete')
    const heir = await server.app.store.get(seatTable, { roomId, userId: third.userId })
    assert.equal(heir?.role, 'owner')
    const [opened] = (await friend.ask(pageMessages, { roomId: direct })).messages
    assert.equal(opened?.body.kind, messages === 'keep' ? 'text' : 'deleted')
    const { people } = await friend.ask(pageMessages, { roomId })
    assert.doesNotMatch(JSON.stringify(people), /noor/)
    assert.deepEqual(
      (await asked.connect()).opened.places.filter((place) => JSON.stringify(place).includes('May I?')),
      [],
    )
    await chores(async () => (await outbox(server)).includes('left'))
  })

test('an account that cannot be deleted for now holds up no other', async (t) => {
  let broken = ''
  const { server, time, chores } = await timed(t, (store) => ({
    ...store,
    get: (table, key) =>
      table.name === 'users' && broken !== '' && (key as { userId?: string }).userId === broken
        ? Promise.reject(new Error('this row cannot be read'))
        : store.get(table, key),
  }))
  const [stuck, other] = [await server.person('stuck'), await server.person('other')]
  for (const [who, username] of [
    [stuck, 'stuck'],
    [other, 'other'],
  ] as const) {
    await who.ask(leave, { stepUp: await server.stepUp(who), username, messages: 'keep' })
    time.now += 1000
  }
  broken = stuck.userId

  time.now += LEAVE_WAIT
  await chores(async () => (await server.app.store.count(leavingTable, { userId: other.userId }, 1)) === 0)

  assert.equal(await server.app.store.count(leavingTable, { userId: stuck.userId }, 1), 1)
})

test('the last who runs a server does not leave it; another may', async (t) => {
  const { server } = await timed(t)
  const admin = await server.administrator('first')
  const input = async (who: TestPerson, username: string) =>
    ({ stepUp: await server.stepUp(who), username, messages: 'keep' }) as const

  const alone = await admin.tries(leave, await input(admin, 'first'))
  const second = await server.administrator('second')
  const then = await admin.tries(leave, await input(admin, 'first'))

  assert.equal(codeOf(alone), 'LastAdministrator')
  assert.equal(codeOf(then), 'ok')
  const acts = (await second.ask(readAudit, { stepUp: await server.stepUp(second) })).map(({ act }) => act)
  assert.deepEqual(acts, ['mydata.leave'])
})

/** A server whose time the test sets, and whose chores it runs on. */
async function timed(t: TestContext, store?: Overrides['store']) {
  const time = { now: Date.now() }
  const server = await startServer({ clock: () => time.now, choresEvery: 20, ...(store && { store }) })
  t.after(() => server.stop())
  const chores = async (isDone: () => Promise<boolean>) => {
    const end = performance.now() + 10_000
    while (!(await isDone())) {
      if (performance.now() > end) throw new Error('the chores did not do it')
      await new Promise((done) => setTimeout(done, 10))
    }
  }
  return { server, time, chores }
}

async function copyOf(server: TestServer, person: TestPerson, time: { now: number }) {
  const { copies } = await person.ask(askCopy, { stepUp: await server.stepUp(person) })
  time.now += COPY_WAIT + 1
  return copies[0]!
}

async function givenAddress({ app: { store } }: TestServer, { userId }: TestPerson): Promise<void> {
  const write = patch(userTable, { userId }, { set: { email: 'noor@example.org', emailKey: 'noor@example.org' } })
  await store.commit(
    [{ places: [], given: [], make: () => ({ writes: [write], events: [], result: null }) }],
    Date.now(),
  )
}

/** Which mails lie in the folder that a server without a mail server puts them into. */
async function outbox({ dataDir }: TestServer): Promise<string[]> {
  const files = await readdir(join(dataDir, 'outbox')).catch(() => [])
  return files.map((file) => file.split('-').at(3) ?? '')
}

/** The files of an archive by name, read by its list at the end, as any program does. */
function unzip(bytes: Buffer): Map<string, string> {
  const end = bytes.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]))
  const files = new Map<string, string>()
  let at = bytes.readUInt32LE(end + 16)
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left--) {
    const [size, name, extra, note] = [20, 28, 30, 32].map((offset) =>
      offset === 20 ? bytes.readUInt32LE(at + offset) : bytes.readUInt16LE(at + offset),
    ) as [number, number, number, number]
    const local = bytes.readUInt32LE(at + 42)
    const data = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28)
    const packed = bytes.subarray(data, data + size)
    const isPacked = bytes.readUInt16LE(at + 10) === 8
    files.set(
      bytes.toString('utf8', at + 46, at + 46 + name),
      (isPacked ? inflateRawSync(packed) : packed).toString('utf8'),
    )
    at += 46 + name + extra + note
  }
  return files
}

const words = (roomId: RoomId, text: string) => ({
  roomId,
  localId: newId<LocalId>(),
  body: { kind: 'text' as const, text },
})

const group = (name: string, members: readonly TestPerson[]) => ({
  localId: newId<LocalId>(),
  name,
  userIds: members.map(({ userId }) => userId),
})

const codeOf = (answer: Answer<unknown>): string => (answer.ok ? 'ok' : answer.refusal.code)
