import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  acceptTerms,
  changeUsername,
  createGroup,
  editProfile,
  endOtherSessions,
  findMembers,
  listSessions,
  ownAccount,
  profileEdited,
  signIn,
  signUp,
  TERMS_VERSION,
  userPlace,
  whoAmI,
  type Answer,
  type LocalId,
  type Person,
  type UserId,
} from '@connectly/protocol'
import { auditTable, linkTable, sessionTable } from '../../kernel/tables.ts'
import { patch, type Write } from '../../store/store.ts'
import { befriend, newId, startServer, type TestServer } from '../../test-kit.ts'
import { behindProxy, codeOf, createBrowser, holdEntering, mailsTo, PASSWORD } from '../../browser-kit.ts'
import { userTable } from './accounts.tables.ts'

const DAY = 24 * 60 * 60 * 1000

let server: TestServer
let people = 0
let skew = 0
const unused = () => `own-${++people}`

before(async () => {
  server = await startServer({ clock: () => Date.now() + skew, ...behindProxy })
})
after(() => server.stop())

const browserAt = (at = server) => createBrowser(at.url)
test('a browser the account does not know is told of by mail, once; the first one and known ones are not', async () => {
  const [first, second, username] = [browserAt(), browserAt(), unused()]
  const me = await first.signsUp(username)
  const email = `${username}@example.org`
  await write(patch(userTable, { userId: me.userId }, { set: { email, emailKey: email } }))

  await first.ask(signIn, { username, password: PASSWORD })
  const none = await server.app.store.count(linkTable, { userId: me.userId }, 1)
  await second.ask(signIn, { username, password: PASSWORD })
  await second.ask(signIn, { username, password: PASSWORD })
  const links = await server.app.store.find(linkTable, { where: { userId: me.userId }, limit: 10 })
  const mails = await mailsTo(server.dataDir, email, 'newDevice')

  assert.equal(none, 0)
  assert.deepEqual(
    links.map(({ purpose, createdAt, expiresAt }) => [purpose, expiresAt - createdAt]),
    [['notMe', 7 * DAY]],
  )
  assert.equal(mails.length, 1)
  assert.match(mails[0] ?? '', /Firefox on Linux/)
})

test('where no address is confirmed nobody is written to', async () => {
  const [first, username] = [browserAt(), unused()]
  const me = await first.signsUp(username)

  await browserAt().ask(signIn, { username, password: PASSWORD })

  assert.equal(await server.app.store.count(linkTable, { userId: me.userId }, 1), 0)
})

test('another username opens, is heard on all screens and in rooms, and the old one is free for nobody for 30 days', async () => {
  const [me, friend] = [await server.person(unused()), await server.person(unused())]
  await befriend(me, friend)
  const { username: old } = await me.ask(whoAmI, {})
  const { roomId } = await friend.ask(createGroup, { localId: newId<LocalId>(), name: 'G', userIds: [me.userId] })
  const seat = await me.connect()
  const wanted = unused()

  const renamed = await me.ask(changeUsername, { username: wanted })
  await seat.until(() => seat.heard(userPlace(me.userId)).some(({ name }) => name === profileEdited.name))
  const answers = [
    await browserAt().tries(signUp, { username: old, password: PASSWORD, terms: TERMS_VERSION }),
    await friend.tries(changeUsername, { username: old }),
    await friend.tries(changeUsername, { username: wanted }),
    await me.tries(changeUsername, { username: unused() }),
    await me.tries(changeUsername, { username: wanted }),
  ]
  let shown: readonly Person[] = []
  for (let tries = 0; shown.length === 0 && tries < 100; tries++) {
    shown = (await friend.ask(findMembers, { roomId, text: wanted })).map(({ person }) => person)
    await new Promise((done) => setTimeout(done, 20))
  }
  skew += 31 * DAY
  const later = await browserAt().tries(signUp, { username: old, password: PASSWORD, terms: TERMS_VERSION })
  skew = 0

  assert.equal(renamed.username, wanted)
  assert.deepEqual(answers.map(codeOf), ['UsernameTaken', 'UsernameTaken', 'UsernameTaken', 'TooSoon', 'ok'])
  assert.deepEqual(
    shown.map(({ userId }) => userId),
    [me.userId],
  )
  assert.equal(codeOf(later), 'ok')
  assert.deepEqual(await auditsOf(me.userId), ['accounts.rename'])
})

test('of many who take one name at once, by renaming and by signing up, one has it', async () => {
  const wanted = unused()
  const others = await Promise.all(Array.from({ length: 3 }, () => server.person(unused())))

  const answers: Answer<unknown>[] = await Promise.all([
    ...others.map((person) => person.tries(changeUsername, { username: wanted })),
    browserAt().tries(signUp, { username: wanted, password: PASSWORD, terms: TERMS_VERSION }),
  ])

  assert.deepEqual(answers.map(codeOf).toSorted(), ['UsernameTaken', 'UsernameTaken', 'UsernameTaken', 'ok'])
})

test('only I am told of my account', async () => {
  const [here, username] = [browserAt(), unused()]
  const me = await here.signsUp(username)

  const own = await here.ask(ownAccount, {})

  const { passwordChangedAt, ...rest } = own
  assert.ok((passwordChangedAt ?? 0) > 0)
  assert.deepEqual(rest, {
    person: me,
    isAdmin: false,
    hasPassword: true,
    renameFrom: 0,
    hasSecondStep: false,
    termsVersion: TERMS_VERSION,
  })
})

test('terms are accepted later too, and only those of today', async () => {
  const person = await server.person(unused())
  const before = await person.ask(ownAccount, {})

  const answers = [
    await person.tries(acceptTerms, { terms: 'of another day' }),
    await person.tries(acceptTerms, { terms: TERMS_VERSION }),
  ]
  const row = await server.app.store.get(userTable, { userId: person.userId })

  assert.equal(before.termsVersion, null)
  assert.deepEqual(answers.map(codeOf), ['TermsChanged', 'ok'])
  assert.ok(row?.terms?.version === TERMS_VERSION && row.terms.at > 0)
})

test('time zones and languages are real ones, written as they are', async () => {
  const me = await server.person(unused())

  const edited = await me.ask(editProfile, { timeZone: 'europe/berlin', language: 'pt-br' })
  const row = await server.app.store.get(userTable, { userId: me.userId })
  const wrong = [
    await me.tries(editProfile, { timeZone: 'Europe/Atlantis' }),
    await me.tries(editProfile, { timeZone: 'Mars' }),
    await me.tries(editProfile, { language: 'x' }),
    await me.tries(editProfile, { language: 'de-DE-DE' }),
  ]
  const emptied = await me.ask(editProfile, { timeZone: '', language: '' })

  assert.deepEqual([edited.timeZone, row?.language], ['Europe/Berlin', 'pt-BR'])
  assert.ok(
    wrong.every((answer) => codeOf(answer) === 'InvalidInput'),
    wrong.map(codeOf).join(' '),
  )
  assert.equal(emptied.timeZone, '')
})

test('sessions say where they came from, and ending them by hand stands in the record', async () => {
  const username = unused()
  const addresses = ['127.0.0.1', '192.168.7.7', '203.0.113.9']
  const browsers = addresses.map((address) => createBrowser(server.url, { address }))
  const me = await browsers[0]!.signsUp(username)
  for (const browser of browsers.slice(1)) await browser.ask(signIn, { username, password: PASSWORD })

  const sessions = await browsers[0]!.ask(listSessions, {})
  await browsers[0]!.ask(endOtherSessions, {})

  assert.deepEqual(sessions.map(({ from }) => from).toSorted(), ['internet', 'machine', 'network'])
  assert.ok(!JSON.stringify(sessions).includes('203.0'))
  assert.equal((await auditsOf(me.userId)).at(-1), 'accounts.endOtherSessions')
})

test('a session that is begun while all others are ended does not slip through', async () => {
  const [here, there, username] = [browserAt(), browserAt(), unused()]
  const me = await here.signsUp(username)
  await browserAt().ask(signIn, { username, password: PASSWORD })
  const hold = holdEntering(server.app.store)

  const entering = there.tries(signIn, { username, password: PASSWORD })
  await hold.begun
  const ending = here.ask(endOtherSessions, {})
  await hold.looked
  hold.release()
  const [, { ended }] = await Promise.all([entering, ending])

  assert.equal(ended, 2)
  const rows = await server.app.store.find(sessionTable, { where: { userId: me.userId }, limit: 10 })
  assert.equal(rows.length, 1)
})

const auditsOf = async (subject: UserId) => {
  const rows = await server.app.store.find(auditTable, { where: { subject }, order: [['at', 'asc']], limit: 100 })
  return rows.map(({ act }) => act)
}

async function write(...writes: Write[]): Promise<void> {
  const make = () => ({ writes, events: [], result: null })
  await server.app.store.commit([{ places: [], given: [], make }], Date.now())
}
