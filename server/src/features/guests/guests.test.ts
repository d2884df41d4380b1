import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  askToTalk,
  catchUp,
  changePassword,
  changeUsername,
  comeAsGuest,
  createGroup,
  editProfile,
  findPeople,
  listSessions,
  pageMessages,
  profileEdited,
  profileOf,
  sendMessage,
  setPrivacy,
  signIn,
  stayForGood,
  TERMS_VERSION,
  userPlace,
  whoAmI,
  type LocalId,
} from '@connectly/protocol'
import type { Captcha } from '../../kernel/services.ts'
import { sessionTable } from '../../kernel/tables.ts'
import { befriend, newId, startServer, type TestServer } from '../../test-kit.ts'
import { codeOf, createBrowser, PASSWORD } from '../../browser-kit.ts'
import { userTable } from '../accounts/index.ts'

let server: TestServer
let people = 0
const unused = () => `hosts-${++people}`

before(async () => {
  server = await startServer()
})
after(() => server.stop())

/** Somebody who looked in, in their browser, and as they ask over a socket. */
async function guestAt(at = server, name = 'Somebody') {
  const browser = createBrowser(at.url)
  const person = await browser.ask(comeAsGuest, { name, terms: TERMS_VERSION })
  return { browser, person, asking: () => at.again(person.userId, browser.token()) }
}

test('who looks in as a guest has an account of that kind, with no password, and the terms accepted', async () => {
  const { browser, person } = await guestAt(server, 'Ida')

  const row = await server.app.store.get(userTable, { userId: person.userId })

  assert.match(person.username, /^guest-[a-z2-9]{6}$/)
  assert.deepEqual([person.name, person.kind], ['Ida', 'guest'])
  assert.deepEqual(await browser.ask(whoAmI, {}), person)
  assert.equal(row?.passwordHash, null)
  assert.equal(row?.terms?.version, TERMS_VERSION)
})

test('guests write where they are taken along, and find, ask, gather and rename nobody', async () => {
  const host = await server.person(unused())
  const { browser, asking } = await guestAt()
  const guest = asking()
  const roomId = await befriend(host, guest)
  const group = { localId: newId<LocalId>(), name: 'G', userIds: [] }

  const said = await guest.tries(sendMessage, {
    roomId,
    localId: newId<LocalId>(),
    body: { kind: 'text', text: 'Thanks for having me' },
  })
  const answers = [
    await guest.tries(findPeople, { text: 'hosts' }),
    await guest.tries(askToTalk, { toId: host.userId, text: 'Hello', localId: newId<LocalId>() }),
    await guest.tries(createGroup, group),
    await guest.tries(editProfile, { name: 'Another' }),
    await guest.tries(changeUsername, { username: unused() }),
    await browser.tries(changePassword, { stepUp: 'none', password: PASSWORD }),
  ]

  assert.equal(codeOf(said), 'ok')
  assert.deepEqual(
    answers.map(codeOf),
    answers.map(() => 'NotAllowed'),
  )
})

test('a guest who stays keeps everything, is a person by a new token, and signs in by name and password', async () => {
  const host = await server.person(unused())
  const { browser, person, asking } = await guestAt(server, 'Ida')
  const guest = asking()
  const roomId = await befriend(host, guest)
  const body = { kind: 'text', text: 'From when I was a guest' } as const
  await guest.ask(sendMessage, { roomId, localId: newId<LocalId>(), body })
  const privacy = await guest.ask(setPrivacy, { typing: false })
  const [token, username] = [browser.token(), unused()]

  const stayed = await browser.ask(stayForGood, { username, password: PASSWORD })
  const row = await server.app.store.get(userTable, { userId: person.userId })
  const sessions = await server.app.store.find(sessionTable, { where: { userId: person.userId }, limit: 10 })
  const { messages } = await asking().ask(pageMessages, { roomId })
  const back = await createBrowser(server.url).tries(signIn, { username, password: PASSWORD })

  assert.deepEqual(stayed, { ...person, username, kind: 'person' })
  assert.equal(codeOf(await server.again(person.userId, token).tries(whoAmI, {})), 'SignedOut')
  assert.deepEqual(
    sessions.map(({ kind }) => kind),
    ['person'],
  )
  assert.ok(messages.some((message) => 'text' in message.body && message.body.text === body.text))
  assert.deepEqual(row?.privacy, privacy)
  assert.equal(codeOf(back), 'ok')
  assert.deepEqual(await host.ask(profileOf, { userId: person.userId }).then((profile) => profile.person), stayed)
  assert.equal(codeOf(await asking().tries(findPeople, { text: 'hosts' })), 'ok')
})

test('all who share a room hear that a guest stays, and the open screens of the guest hear it too', async () => {
  const { browser, person, asking } = await guestAt()
  const seat = await asking().connect()
  const username = unused()

  await browser.ask(stayForGood, { username, password: PASSWORD })
  const again = await asking().connect()
  await seat.until(() => !seat.isOpen(), 'the socket of the old token falls')

  const log = await again.ask(catchUp, { place: userPlace(person.userId), after: 0 })
  assert.ok(log.kind === 'events')
  assert.deepEqual(
    log.events.filter(({ name }) => name === profileEdited.name).map(({ data }) => (data as { me: unknown }).me),
    [{ ...person, username, kind: 'person' }],
  )
})

test('who stays needs a free name and a good password, and can do it once', async () => {
  const taken = unused()
  await server.person(taken)
  const { browser } = await guestAt(server, 'Wilhelmina')

  const answers = [
    await browser.tries(stayForGood, { username: taken, password: PASSWORD }),
    await browser.tries(stayForGood, { username: unused(), password: 'password1234' }),
    await browser.tries(stayForGood, { username: unused(), password: 'Wilhelmina2026!' }),
    await browser.tries(stayForGood, { username: unused(), password: PASSWORD }),
    await browser.tries(stayForGood, { username: unused(), password: PASSWORD }),
  ]

  assert.deepEqual(answers.map(codeOf), ['UsernameTaken', 'PasswordTooCommon', 'PasswordTooCommon', 'ok', 'NotAllowed'])
})

test('GUESTS=off takes nobody, and terms of another day are not accepted', async () => {
  const strict = await startServer({ services: { entry: { registration: 'open', guests: false } } })
  const come = { name: 'Ida', terms: TERMS_VERSION }

  const answers = [
    await createBrowser(strict.url).tries(comeAsGuest, come),
    await createBrowser(server.url).tries(comeAsGuest, { ...come, terms: '2001-01-01' }),
  ]
  await strict.stop()

  assert.deepEqual(answers.map(codeOf), ['GuestsOff', 'TermsChanged'])
})

test('guests answer the human check, and do not stay where nobody may make an account without an invitation', async () => {
  const captcha: Captcha = {
    kind: 'hcaptcha',
    siteKey: '',
    give: () => null,
    holds: (answer) => Promise.resolve(answer === 'right'),
  }
  const closed = await startServer({ services: { entry: { registration: 'closed', guests: true }, captcha } })
  const browser = createBrowser(closed.url)
  const come = { name: 'Ida', terms: TERMS_VERSION }

  const answers = [
    await browser.tries(comeAsGuest, come),
    await browser.tries(comeAsGuest, { ...come, captcha: 'right' }),
    await browser.tries(stayForGood, { username: unused(), password: PASSWORD }),
  ]
  const invitation = new URL(await closed.app.invite(false)).searchParams.get('invitation') ?? ''
  answers.push(await browser.tries(stayForGood, { username: unused(), password: PASSWORD, invitation }))
  answers.push(await browser.tries(stayForGood, { username: unused(), password: PASSWORD, invitation }))
  await closed.stop()

  assert.deepEqual(answers.map(codeOf), ['CaptchaWrong', 'ok', 'RegistrationClosed', 'ok', 'NotAllowed'])
})

test('coming as a guest ends the session that was there, and one guest is not another', async () => {
  const { browser, person } = await guestAt()
  const token = browser.token()

  const second = await browser.ask(comeAsGuest, { name: 'Second', terms: TERMS_VERSION })

  assert.notEqual(second.userId, person.userId)
  assert.equal(codeOf(await server.again(person.userId, token).tries(listSessions, {})), 'SignedOut')
})
