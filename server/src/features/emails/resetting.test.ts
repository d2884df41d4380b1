import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import {
  askReset,
  comeAsGuest,
  confirmEmailByLink,
  itWasNotMe,
  linkIsOpen,
  listSessions,
  resetPassword,
  signIn,
  TERMS_VERSION,
  type Answer,
} from '@connectly/protocol'
import { sha256 } from '../../kernel/ids.ts'
import { newLink } from '../../kernel/links.ts'
import { postMail } from '../../kernel/mails.ts'
import { linkTable } from '../../kernel/tables.ts'
import { codeIn, linkIn, startHangingServer } from '../../mail-kit.ts'
import { patch, type Write } from '../../store/store.ts'
import { befriend, startServer } from '../../test-kit.ts'
import { codeOf, createBrowser, PASSWORD, valueOf } from '../../browser-kit.ts'
import { deviceTable, userTable } from '../accounts/index.ts'
import { startEmails, type Somebody } from './emails-kit.ts'

const MINUTE = 60 * 1000
const NEW_PASSWORD = 'eleven quiet lanterns drift'

const world = await startEmails()
const { mails, server } = world
after(() => world.stop())

test('the whole way: an account, an address, its code, a reset, and in again with another password', async () => {
  const { browser, me, email } = await world.confirmed()

  await world.browser().ask(askReset, { username: email.toLowerCase() })
  const mail = await mails.mailTo(email, 2)
  const { url, token } = linkIn(mail)
  const answer = await world.browser().ask(resetPassword, { token, password: NEW_PASSWORD })
  const old = await world.browser().tries(signIn, { username: email, password: PASSWORD })
  const entered = await world.browser().ask(signIn, { username: email, password: NEW_PASSWORD })
  const told = await mails.mailTo(email, 3)

  assert.ok(url.startsWith(`${server.url}/reset#`))
  assert.match(mail.text, new RegExp(`new password for @${me.username}\\.[^]*Asked for from Firefox on Linux`))
  assert.deepEqual(answer, { username: me.username })
  assert.equal(codeOf(old), 'WrongCredentials')
  assert.equal(entered.person?.userId, me.userId)
  assert.equal(told.subject, 'Your password was changed')
  assert.equal(codeOf(await browser.tries(listSessions, {})), 'SignedOut')
})

test('a reset ends every session, and their sockets fall within a second', async () => {
  const somebody = await world.confirmed()
  const person = server.again(somebody.me.userId, somebody.browser.token())
  const seats = [await person.connect(), await person.connect()]
  const token = await resetFor(somebody)

  const began = performance.now()
  await world.browser().ask(resetPassword, { token, password: NEW_PASSWORD })
  for (const seat of seats) await seat.until(() => !seat.isOpen())

  assert.ok(performance.now() - began < 2000)
  assert.equal(codeOf(await somebody.browser.tries(listSessions, {})), 'SignedOut')
})

test('a link works once, also when it is used many times at once, and all others of the account are void with it', async () => {
  const somebody = await world.confirmed()
  const [first, second] = [await resetFor(somebody), await resetFor(somebody)]

  const answers = await Promise.all(
    [1, 2, 3].map((nth) => world.browser().tries(resetPassword, { token: second, password: `${NEW_PASSWORD} ${nth}` })),
  )
  const other = await world.browser().tries(resetPassword, { token: first, password: NEW_PASSWORD })

  assert.deepEqual(answers.map(codeOf).toSorted(), ['LinkSpent', 'LinkSpent', 'ok'])
  assert.equal(codeOf(other), 'LinkSpent')
})

test('it is good for 30 minutes, and for nothing else; nothing else is good for it', async () => {
  const somebody = await world.confirmed()
  const confirm = linkIn(await mails.mailTo((await world.newcomer()).email)).token
  const token = await resetFor(somebody)

  const asConfirm = await world.browser().tries(confirmEmailByLink, { token })
  const asReset = await world.browser().tries(resetPassword, { token: confirm, password: NEW_PASSWORD })
  const asNotMe = await world.browser().tries(itWasNotMe, { token })
  const open = await world.browser().ask(linkIsOpen, { token })
  world.ahead(30 * MINUTE)
  const late = await world.browser().tries(resetPassword, { token, password: NEW_PASSWORD })

  assert.deepEqual([asConfirm, asReset, asNotMe, late].map(codeOf), Array(4).fill('LinkSpent'))
  assert.deepEqual(open, { isOpen: true })
  assert.deepEqual(await world.browser().ask(linkIsOpen, { token }), { isOpen: false })
})

test('a password that is tried first is refused, and the link is still good', async () => {
  const somebody = await world.confirmed()
  const token = await resetFor(somebody)

  const common = await world.browser().tries(resetPassword, { token, password: 'password1234' })
  const good = await world.browser().tries(resetPassword, { token, password: NEW_PASSWORD })

  assert.deepEqual([common, good].map(codeOf), ['PasswordTooCommon', 'ok'])
})

test('second factors stay, browsers are strangers again, and an address that waits to be confirmed waits no more', async () => {
  const somebody = await world.confirmed()
  const { userId } = somebody.me
  await commit([patch(userTable, { userId }, { set: { secondSteps: ['totp'] } })])
  const waits = world.address()
  valueOf(await world.sets(somebody, waits))
  const code = codeIn(await mails.mailTo(waits))
  const token = await resetFor(somebody)

  await world.browser().ask(resetPassword, { token, password: NEW_PASSWORD })
  const entered = await somebody.browser.ask(signIn, { username: somebody.email, password: NEW_PASSWORD })
  const devices = await server.app.store.count(deviceTable, { userId }, 10)

  assert.deepEqual(entered.second?.offers, ['totp'])
  assert.equal(devices, 0)
  const link = linkIn(await mails.mailTo(waits))
  assert.equal(codeOf(await world.browser().tries(confirmEmailByLink, { token: link.token })), 'LinkSpent')
  assert.match(code, /^\d{6}$/)
})

test('known, unknown, unconfirmed and guest are answered alike, and only the known one gets a mail', async () => {
  const known = await world.confirmed()
  const unconfirmed = await world.newcomer()
  const guest = await world.browser().ask(comeAsGuest, { name: 'Passing by', terms: TERMS_VERSION })
  const before = mails.arrived.length
  await world.settled()
  const names = [
    known.email,
    known.me.username,
    unconfirmed.email,
    unconfirmed.me.username,
    guest.username,
    'nobody',
    '',
    'a@b',
  ]

  const answers = await Promise.all(names.map((username) => world.browser().tries(askReset, { username })))
  await world.settled()

  assert.deepEqual(
    answers.map(wordsOf),
    names.map(() => wordsOf(answers[0]!)),
  )
  assert.equal(codeOf(answers[0]!), 'ok')
  const resets = mails.arrived.slice(before).filter((mail) => mail.subject === 'Choose a new password')
  assert.deepEqual(
    resets.map((mail) => mail.to[0]?.toLowerCase()),
    Array(2).fill(known.email.toLowerCase()),
  )
})

test('an account gets three such mails at most while they are good, and whoever asks for more is answered alike', async () => {
  const { email, me } = await world.confirmed()
  const had = await world.countTo(email)

  const answers: Answer<unknown>[] = []
  for (const username of [email, me.username, email, me.username, email])
    answers.push(await world.browser().tries(askReset, { username }))
  const first = await world.countTo(email)
  world.ahead(31 * MINUTE)
  await world.browser().ask(askReset, { username: email })

  assert.deepEqual(answers.map(codeOf), Array(5).fill('ok'))
  assert.equal(first - had, 3)
  assert.equal((await world.countTo(email)) - had, 4)
})

test('whoever says that it was not them ends every session at once, and sets a new password', async () => {
  const somebody = await world.confirmed()
  const { userId, name } = somebody.me
  const seat = await server.again(userId, somebody.browser.token()).connect()
  const now = Date.now()
  const link = newLink({ purpose: 'notMe', userId, now, life: 24 * 60 * MINUTE })
  const params = { name, device: 'Chrome on Windows', from: 'internet', at: now } as const
  const mail = postMail({ to: somebody.email, template: 'newDevice', params, linkId: link.linkId, now })
  await commit([link.write, mail])
  server.app.services.mails.wake()
  const { url, token } = linkIn(await mails.mailTo(somebody.email, 2))

  const { token: fresh } = await world.browser().ask(itWasNotMe, { token })
  await seat.until(() => !seat.isOpen())
  const again = await world.browser().tries(itWasNotMe, { token })
  const done = await world.browser().tries(resetPassword, { token: fresh, password: NEW_PASSWORD })

  assert.ok(url.startsWith(`${server.url}/not-me#`))
  assert.equal(codeOf(await somebody.browser.tries(listSessions, {})), 'SignedOut')
  assert.deepEqual([again, done].map(codeOf), ['LinkSpent', 'ok'])
})

test('who is signed in as somebody else stays so, and who resets their own is signed out', async () => {
  const [one, other] = [await world.confirmed(), await world.confirmed()]

  await other.browser.ask(resetPassword, { token: await resetFor(one), password: NEW_PASSWORD })
  const stays = await other.browser.tries(listSessions, {})
  const own = await other.browser.tries(resetPassword, { token: await resetFor(other), password: NEW_PASSWORD })

  assert.deepEqual([stays, own].map(codeOf), ['ok', 'ok'])
  assert.ok(!other.browser.cookies.has('connectly'))
})

test('whoever was locked out by a stranger’s guesses is in after a reset', async () => {
  const somebody = await world.confirmed()
  const stranger = world.browser()
  for (let nth = 0; nth < 7; nth++) await stranger.tries(signIn, { username: somebody.email, password: `wrong ${nth}` })
  const locked = await stranger.tries(signIn, { username: somebody.email, password: PASSWORD })

  await stranger.ask(resetPassword, { token: await resetFor(somebody), password: NEW_PASSWORD })
  const entered = await stranger.tries(signIn, { username: somebody.email, password: NEW_PASSWORD })

  assert.deepEqual([locked, entered].map(codeOf), ['TooManyRequests', 'ok'])
})

test('no token and no code stands in the store', async () => {
  const somebody = await world.confirmed()
  const token = await resetFor(somebody)

  const rows = JSON.stringify(await server.app.store.find(linkTable, { limit: 1000 }))

  assert.ok(!rows.includes(token.split('.')[1] ?? token) && !rows.includes(sha256(token)))
})

test('while the mail server hangs, who asks is answered and the chat goes on', async () => {
  const hanging = await startHangingServer()
  const other = await startServer({ config: { mail: hanging.settings } })
  const [a, b] = [await other.person('ada'), await other.person('ben')]
  const browser = createBrowser(other.url)
  await browser.signsUp('cara', { email: 'cara@example.org' })
  while (hanging.connections() === 0) await new Promise((done) => setTimeout(done, 5))

  const began = performance.now()
  await browser.ask(askReset, { username: 'cara' })
  await befriend(a, b)
  const took = performance.now() - began
  await other.stop()
  await hanging.stop()

  assert.ok(took < 2000, `${took} ms`)
})

/** Asks for a link for a new password, and takes it from the mail. */
async function resetFor({ email }: Somebody): Promise<string> {
  const had = await world.countTo(email)
  await world.browser().ask(askReset, { username: email })
  return linkIn(await mails.mailTo(email, had + 1)).token
}

async function commit(writes: readonly Write[]): Promise<void> {
  await server.app.store.commit(
    [{ places: [], given: [], make: () => ({ writes, events: [], result: null }) }],
    Date.now(),
  )
}

const wordsOf = (answer: Answer<unknown>): string =>
  JSON.stringify(answer.ok ? answer : { ...answer, refusal: { ...answer.refusal, requestId: '' } })
