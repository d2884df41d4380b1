import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { changePassword, ownAccount, signIn, whoAmI, type Person, type UserId } from '@connectly/protocol'
import { startCluster } from '../../cluster-kit.ts'
import { newLink } from '../../kernel/links.ts'
import { auditTable, linkTable, sessionTable } from '../../kernel/tables.ts'
import { patch, type Write } from '../../store/store.ts'
import { startServer, type TestServer } from '../../test-kit.ts'
import { behindProxy, codeOf, createBrowser, holdEntering, mailsTo, PASSWORD, type Browser } from '../../browser-kit.ts'
import { deviceTable, userTable } from './accounts.tables.ts'

const OTHER = 'a lamp under the lilac'
const DAY = 24 * 60 * 60 * 1000

let server: TestServer
let people = 0
const unused = () => `password-${++people}`

before(async () => {
  server = await startServer(behindProxy)
})
after(() => server.stop())

const browserAt = (at = server) => createBrowser(at.url)
/** Changes the password as a page does that has asked for a step-up. */
const change = async (browser: Browser, { userId }: Person, password = OTHER, current: string | undefined = PASSWORD) =>
  browser.tries(changePassword, {
    stepUp: await server.stepUp({ userId, token: browser.token() }, 'password'),
    password,
    ...(current !== undefined && { current }),
  })

test('a new password opens, the old one no longer, and this browser goes on by a new token', async () => {
  const [here, username] = [browserAt(), unused()]
  const me = await here.signsUp(username)
  const old = here.token()

  const changed = await change(here, me)
  const answers = [
    await here.tries(whoAmI, {}),
    await browserAt().tries(signIn, { username, password: PASSWORD }),
    await browserAt().tries(signIn, { username, password: OTHER }),
    await server.again(me.userId, old).tries(whoAmI, {}),
  ]

  assert.deepEqual(changed, { ok: true, value: { ended: 0 } })
  assert.notEqual(here.token(), old)
  assert.deepEqual(answers.map(codeOf), ['ok', 'WrongCredentials', 'ok', 'SignedOut'])
})

test('all other sessions end with it, their sockets fall, and other browsers are strangers again', async () => {
  const [here, there, username] = [browserAt(), browserAt(), unused()]
  const me = await here.signsUp(username)
  await there.ask(signIn, { username, password: PASSWORD })
  await trust(me.userId)
  const seat = await server.again(me.userId, there.token()).connect()

  const changed = await change(here, me)
  await seat.until(() => !seat.isOpen(), 'the socket of the other browser falls')
  const devices = await server.app.store.find(deviceTable, { where: { userId: me.userId }, limit: 10 })

  assert.deepEqual(changed, { ok: true, value: { ended: 1 } })
  assert.equal(codeOf(await there.tries(whoAmI, {})), 'SignedOut')
  assert.equal(devices.length, 1)
})

test('on every process the sockets of other sessions fall within a second of a new password', async () => {
  const cluster = await startCluster()
  const [near, far] = cluster.servers
  const here = createBrowser(near.url)
  const there = createBrowser(far.url)
  const username = unused()
  const me = await here.signsUp(username)
  await there.ask(signIn, { username, password: PASSWORD })
  const seat = await far.again(me.userId, there.token()).connect()

  const stepUp = await near.stepUp({ userId: me.userId, token: here.token() }, 'password')
  await here.ask(changePassword, { stepUp, password: OTHER, current: PASSWORD })
  const began = performance.now()
  await seat.until(() => !seat.isOpen(), 'the socket at the other process falls')
  const took = performance.now() - began
  const answer = await there.tries(whoAmI, {})
  await cluster.stop()

  assert.ok(took < 1000, `${took.toFixed()} ms`)
  assert.equal(codeOf(answer), 'SignedOut')
})

test('a session that is begun with the old password while it changes does not survive', async () => {
  const [here, there, username] = [browserAt(), browserAt(), unused()]
  const me = await here.signsUp(username)
  const hold = holdEntering(server.app.store)

  const entering = there.tries(signIn, { username, password: PASSWORD })
  await hold.begun
  const changing = change(here, me)
  await hold.looked
  hold.release()
  await Promise.all([entering, changing])
  const sessions = await server.app.store.find(sessionTable, { where: { userId: me.userId }, limit: 10 })

  assert.equal(sessions.length, 1)
  assert.equal(codeOf(await here.tries(whoAmI, {})), 'ok')
  assert.equal(codeOf(await there.tries(whoAmI, {})), 'SignedOut')
})

test('it takes the password so far and a step-up of this session, and refuses the same, a common or a short one', async () => {
  const [here, username] = [browserAt(), unused()]
  const me = await here.signsUp(username)
  const elsewhere = await server.person(unused())

  const answers = [
    await change(here, me, OTHER, 'not the password of mine'),
    await change(here, me, OTHER, ''),
    await change(here, me, PASSWORD),
    await change(here, me, `${username}${username}2026`),
    await change(here, me, 'password1234'),
    await change(here, me, 'too short'),
    await here.tries(changePassword, { stepUp: 'none', password: OTHER, current: PASSWORD }),
    await here.tries(changePassword, {
      stepUp: await server.stepUp(elsewhere),
      password: OTHER,
      current: PASSWORD,
    }),
  ]

  assert.deepEqual(answers.map(codeOf), [
    'WrongProof',
    'WrongProof',
    'SamePassword',
    'PasswordTooCommon',
    'PasswordTooCommon',
    'InvalidInput',
    'StepUpNeeded',
    'StepUpNeeded',
  ])
})

test('whoever holds a session guesses at its password five times, and the door stays open for the owner', async () => {
  const [here, username] = [browserAt(), unused()]
  const me = await here.signsUp(username)
  const codes: string[] = []
  for (let nth = 0; nth < 6; nth++) codes.push(codeOf(await change(here, me, OTHER, 'not the password of mine')))

  const door = await browserAt().tries(signIn, { username, password: PASSWORD })

  assert.deepEqual(codes, [...Array.from({ length: 5 }, () => 'WrongProof'), 'TooManyRequests'])
  assert.equal(codeOf(door), 'ok')
})

test('who has no password sets a first one', async () => {
  const person = await server.person(unused())
  const stepUp = await server.stepUp(person)
  const before = await person.ask(ownAccount, {})

  const answer = await person.tries(changePassword, { stepUp, password: OTHER })
  const row = await server.app.store.get(userTable, { userId: person.userId })

  assert.equal(before.hasPassword, false)
  assert.equal(codeOf(answer), 'ok')
  assert.match(row?.passwordHash ?? '', /^\$argon2id\$/)
})

test('links to reset it are withdrawn, the owner is told by mail, and it stands in the record', async () => {
  const [here, username] = [browserAt(), unused()]
  const me = await here.signsUp(username)
  const email = `${username}@example.org`
  const now = Date.now()
  const [reset, notMe] = (['reset', 'notMe'] as const).map((purpose) =>
    newLink({ purpose, userId: me.userId, now, life: DAY }),
  )
  await write(patch(userTable, { userId: me.userId }, { set: { email, emailKey: email } }), reset!.write, notMe!.write)

  await change(here, me)
  const links = await server.app.store.find(linkTable, { where: { userId: me.userId }, limit: 10 })
  const audits = await auditsOf(me.userId)

  assert.deepEqual(
    links.map((link) => link.purpose),
    ['notMe'],
  )
  assert.equal((await mailsTo(server.dataDir, email, 'passwordChanged')).length, 1)
  assert.deepEqual(audits, ['accounts.signUp', 'accounts.changePassword'])
})

/** Makes every browser of somebody a trusted one. */
async function trust(userId: UserId): Promise<void> {
  const devices = await server.app.store.find(deviceTable, { where: { userId }, limit: 10 })
  const set = { trustedUntil: Date.now() + DAY }
  await write(...devices.map(({ deviceHash }) => patch(deviceTable, { userId, deviceHash }, { set })))
}

const auditsOf = async (subject: UserId) => {
  const rows = await server.app.store.find(auditTable, { where: { subject }, order: [['at', 'asc']], limit: 100 })
  return rows.map(({ act }) => act)
}

async function write(...writes: Write[]): Promise<void> {
  const make = () => ({ writes, events: [], result: null })
  await server.app.store.commit([{ places: [], given: [], make }], Date.now())
}
