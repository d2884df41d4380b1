import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import {
  askToTalk,
  createGroup,
  findPeople,
  editMessage,
  imposePenalty,
  liftPenalty,
  listPenalties,
  readAudit,
  sendMessage,
  signIn,
  signOut,
  TERMS_VERSION,
  signUp,
  whoAmI,
  type Answer,
  type LocalId,
  type RoomId,
} from '@connectly/protocol'
import type { Overrides } from '../../app.ts'
import { FORGOTTEN_EVERY, steps } from '../../kernel/penalties.ts'
import { defaultTallies } from '../../kernel/tallies.ts'
import { startCluster } from '../../cluster-kit.ts'
import { penaltyTable } from '../../kernel/tables.ts'
import { newId, startServer, type TestPerson, type TestServer } from '../../test-kit.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND

/** A server whose time the test sets. */
async function timed(t: TestContext, overrides: Overrides & { dataDir?: string } = {}) {
  const time = { now: Date.now() }
  const server = await startServer({ clock: () => time.now, ...overrides })
  t.after(() => server.stop())
  return { server, time }
}

test('[AS11] who goes on against a limit is warned, slowed, muted and kept out, each harder than the one before', async (t) => {
  const { server, time } = await timed(t, { limits: { search: { points: 1, seconds: 600, by: 'person' } } })
  const person = await server.person('insistent')
  const { subject, of } = penaltiesOf(server, person)
  const seen: string[] = []

  for (let strike = 1; strike <= 7; strike++) {
    for (let tries = 0; tries < 101; tries++) await person.tries(findPeople, { text: 'nobody' })
    await settled(async () => ((await server.app.store.get(penaltyTable, { subject }))?.strikes ?? 0) >= strike)
    if (strike >= 3) await settled(() => of()?.strikes === strike)
    seen.push(of()?.kind ?? 'warn')
    time.now += 6 * SECOND
  }

  assert.deepEqual(seen, ['warn', 'warn', 'slow', 'slow', 'mute', 'mute', 'ban'])
  assert.equal(codeOf(await person.tries(whoAmI, {})), 'Banned')
})

test('[AS11] who waits as they are told is not struck', async (t) => {
  const { server } = await timed(t, { limits: { search: { points: 1, seconds: 600, by: 'person' } } })
  const person = await server.person('patient')

  for (let tries = 0; tries < 90; tries++) await person.tries(findPeople, { text: 'nobody' })

  assert.equal(await rowsOf(server), 0)
  assert.equal(codeOf(await person.tries(whoAmI, {})), 'ok')
})

test('who is muted reads and listens, says nothing, and hears until when; it ends by the clock', async (t) => {
  const { server, time } = await timed(t)
  const [admin, person, other] = [
    await server.administrator('warden'),
    await server.person('loud'),
    await server.person('other'),
  ]
  const roomId = await roomOf(person)
  const { messageId } = await person.ask(sendMessage, words(roomId))
  const until = time.now + 10 * MINUTE

  await admin.ask(imposePenalty, {
    stepUp: await server.stepUp(admin),
    userId: person.userId,
    kind: 'mute',
    until,
    reason: 'loud',
  })
  const answers = [
    await person.tries(sendMessage, words(roomId)),
    await person.tries(editMessage, { roomId, messageId, body: words(roomId).body }),
    await person.tries(askToTalk, { toId: other.userId, text: 'May I?', localId: newId<LocalId>() }),
  ]
  const reading = await person.tries(whoAmI, {})
  time.now = until + 1

  assert.deepEqual(answers.map(codeOf), ['Muted', 'Muted', 'Muted'])
  for (const answer of answers) assert.equal(answer.ok ? 0 : answer.refusal.params?.['until'], until)
  assert.equal(codeOf(reading), 'ok')
  assert.equal(codeOf(await person.tries(sendMessage, words(roomId))), 'ok')
})

test('who is kept out loses their sockets at once, gets no new one, may sign out, and is back when it ends', async (t) => {
  const { server, time } = await timed(t)
  const [admin, person] = [await server.administrator('warden'), await server.person('rude')]
  const seat = await person.connect()
  const until = time.now + 10 * MINUTE

  await admin.ask(imposePenalty, {
    stepUp: await server.stepUp(admin),
    userId: person.userId,
    kind: 'ban',
    until,
    reason: 'rude',
  })
  await seat.until(() => !seat.isOpen(), 'the socket falls')

  await assert.rejects(person.connect(), /Banned/)
  assert.equal(codeOf(await person.tries(whoAmI, {})), 'Banned')
  time.now = until + 1
  assert.ok((await person.connect()).isOpen())
  await person.ask(signOut, {})
})

test('somebody kept out does not come in again by signing in', async (t) => {
  const { server, time } = await timed(t)
  const [admin, nobody] = [await server.administrator('warden'), server.again(newId(), '')]
  const account = { username: 'banished', password: 'seven grey herons wade' }
  const person = await nobody.ask(signUp, { ...account, terms: TERMS_VERSION })

  await admin.ask(imposePenalty, {
    stepUp: await server.stepUp(admin),
    userId: person.userId,
    kind: 'ban',
    until: time.now + MINUTE,
    reason: 'rude',
  })

  assert.equal(codeOf(await nobody.tries(signIn, account)), 'Banned')
  time.now += 2 * MINUTE
  assert.equal(codeOf(await nobody.tries(signIn, account)), 'ok')
})

test('[AS11] penalties outlive a restart, and are listed and lifted by those who run the server, on the record', async (t) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'connectly-'))
  t.after(() => rmSync(dataDir, { recursive: true, force: true }))
  const first = await startServer({ dataDir })
  const [admin, person] = [await first.administrator('warden'), await first.person('rude')]
  await admin.ask(imposePenalty, {
    stepUp: await first.stepUp(admin),
    userId: person.userId,
    kind: 'ban',
    until: Date.now() + MINUTE,
    reason: 'rude',
  })
  await first.stop()

  const second = await startServer({ dataDir })
  t.after(() => second.stop())
  const [theirs, wardens] = [second.again(person.userId, person.token), second.again(admin.userId, admin.token)]
  const stepUp = await second.stepUp(wardens)
  const before = await theirs.tries(whoAmI, {})
  const [penalty] = await wardens.ask(listPenalties, { stepUp })
  await wardens.ask(liftPenalty, { stepUp, subject: penalty?.subject ?? '' })

  assert.equal(codeOf(before), 'Banned')
  assert.equal(penalty?.kind, 'ban')
  assert.equal(codeOf(await theirs.tries(whoAmI, {})), 'ok')
  assert.deepEqual(
    (await wardens.ask(readAudit, { stepUp })).map(({ act }) => act),
    ['moderation.lift', 'moderation.impose'],
  )
})

test('strikes fade: who is quiet for long enough begins anew', async (t) => {
  const { server, time } = await timed(t)
  const person = await server.person('reformed')
  const { subject } = penaltiesOf(server, person)
  const strike = async (weight: number) => {
    server.app.services.penalties.strike({ userId: person.userId, address: '203.0.113.7' }, 'flood', weight)
    await settled(() => server.app.services.penalties.of(subject) !== undefined)
  }

  await strike(4)
  const before = server.app.services.penalties.of(subject)
  time.now += 4 * FORGOTTEN_EVERY
  await strike(3)

  assert.equal(before?.strikes, 4)
  assert.equal(server.app.services.penalties.of(subject)?.strikes, 3)
})

for (const [name, say] of Object.entries({
  sameText: () => 'Buy your golden tickets here',
  links: (nth: number) => `see https://example.org/${nth} and https://example.org/${nth}/more`,
}))
  test(`[S2-115] what looks like spam is noticed: ${name}`, async (t) => {
    const { server } = await timed(t, { tallies: defaultTallies })
    const person = await server.person(`spammer-${name}`.toLowerCase())
    const roomId = await roomOf(person)

    for (let nth = 0; nth < 10; nth++) await person.ask(sendMessage, words(roomId, say(nth)))
    await settled(async () => (await rowsOf(server)) > 0)

    assert.equal(await reasonOf(server, person), name)
  })

test('[S2-115] a new account that writes to many rooms at once is noticed, and one that talks in one is not', async (t) => {
  const { server } = await timed(t, { tallies: defaultTallies })
  const [eager, calm] = [await server.person('eager'), await server.person('calm')]
  const roomId = await roomOf(calm)

  for (let nth = 0; nth < 20; nth++) {
    await eager.ask(sendMessage, words(await roomOf(eager), `Number ${nth} of what I say`))
    await calm.ask(sendMessage, words(roomId, `Number ${nth} of what I say`))
  }
  await settled(async () => (await rowsOf(server)) > 0)

  assert.equal(await reasonOf(server, eager), 'rooms')
  assert.equal(await reasonOf(server, calm), undefined)
})

test('[AS11] an address that floods is slowed for those who are not signed in, and not for whoever shares it and is', async (t) => {
  const { server } = await timed(t, { limits: { signIn: { points: 1, seconds: 600, by: 'address' } } })
  const [nobody, person] = [server.again(newId(), ''), await server.person('neighbour')]
  const { services } = server.app
  const address = '127.0.0.1'

  services.penalties.strike({ userId: null, address }, 'flood', steps.at(-1)?.strikes)
  await settled(async () => codeOf(await nobody.tries(signIn, { username: 'a', password: 'b' })) === 'Banned')

  assert.equal(codeOf(await person.tries(whoAmI, {})), 'ok')
})

test('[S1-48] a penalty keeps no address', async (t) => {
  const { server } = await timed(t)
  server.app.services.penalties.strike({ userId: null, address: '203.0.113.77' }, 'flood')
  await settled(async () => (await rowsOf(server)) > 0)

  const [row] = await server.app.store.find(penaltyTable, { limit: 1 })
  assert.doesNotMatch(JSON.stringify(row), /203\.0\.113/)
})

test('two processes count one person once, keep them out together, and cut their sockets within a second', async (t) => {
  const cluster = await startCluster()
  t.after(() => cluster.stop())
  const [here, there] = await cluster.person('everywhere')
  const [first] = cluster.servers
  const admin = await first.administrator('warden')
  const seat = await there.connect()

  const begun = performance.now()
  await admin.ask(imposePenalty, {
    stepUp: await first.stepUp(admin),
    userId: here.userId,
    kind: 'ban',
    until: Date.now() + MINUTE,
    reason: 'rude',
  })
  await seat.until(() => !seat.isOpen(), 'the socket falls on the other process')

  assert.ok(performance.now() - begun < 1000)
  assert.equal(codeOf(await there.tries(whoAmI, {})), 'Banned')
})

/** The subject of somebody's penalties, and the one that holds. */
function penaltiesOf(server: TestServer, { userId }: TestPerson) {
  const subject = `user:${userId}`
  return { subject, of: () => server.app.services.penalties.of(subject) }
}

const rowsOf = (server: TestServer): Promise<number> => server.app.store.count(penaltyTable, {}, 100)

async function reasonOf(server: TestServer, { userId }: TestPerson): Promise<string | undefined> {
  return (await server.app.store.get(penaltyTable, { subject: `user:${userId}` }))?.reason
}

const roomOf = async (person: TestPerson): Promise<RoomId> =>
  (await person.ask(createGroup, { localId: newId<LocalId>(), name: 'Here', userIds: [] })).roomId

const words = (roomId: RoomId, text = 'hello') => ({
  roomId,
  localId: newId<LocalId>(),
  body: { kind: 'text' as const, text },
})

const codeOf = (answer: Answer<unknown>): string => (answer.ok ? 'ok' : answer.refusal.code)

async function settled(holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 5000
  while (!(await holds())) {
    if (performance.now() > end) throw new Error('did not happen')
    await new Promise((done) => setTimeout(done, 5))
  }
}
