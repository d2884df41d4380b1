import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  entryRules,
  invite,
  isNameFree,
  listInvitations,
  ownAccount,
  signUp,
  TERMS_VERSION,
  withdrawInvitation,
  type InvitationId,
  type UserId,
} from '@connectly/protocol'
import type { Captcha, Services } from '../../kernel/services.ts'
import { auditTable } from '../../kernel/tables.ts'
import { newId, startServer, type TestPerson, type TestServer } from '../../test-kit.ts'
import { codeOf, createBrowser, PASSWORD, valueOf } from '../../browser-kit.ts'

const DAY = 24 * 60 * 60 * 1000

let skew = 0
let people = 0
const unused = () => `comes-${++people}`
const asked: string[] = []
/** A check that a word answers, each once. */
const captcha: Captcha = {
  kind: 'hcaptcha',
  siteKey: 'a key for all to see',
  give: () => null,
  holds: (answer) => {
    const isNew = !asked.includes(answer)
    asked.push(answer)
    return Promise.resolve(isNew && answer.startsWith('right'))
  },
}
const none: Captcha = { kind: 'none', siteKey: '', give: () => null, holds: () => Promise.resolve(false) }
const serverWith = (registration: Services['entry']['registration'], check: Captcha = none) =>
  startServer({
    clock: () => Date.now() + skew,
    services: { entry: { registration, guests: true }, captcha: check },
  })

let open: TestServer
let invited: TestServer
let closed: TestServer
before(async () => {
  open = await serverWith('open', captcha)
  invited = await serverWith('invitation')
  closed = await serverWith('closed')
})
after(() => Promise.all([open, invited, closed].map((server) => server.stop())))

const signsUp = (server: TestServer, more: { invitation?: string; captcha?: string; username?: string } = {}) =>
  createBrowser(server.url).tries(signUp, { username: unused(), password: PASSWORD, terms: TERMS_VERSION, ...more })
const tokenOf = (url: string) => new URL(url).searchParams.get('invitation') ?? ''
/** An invitation of somebody who runs this server. */
async function inviteAt(server: TestServer, administrator: TestPerson, note = '') {
  const { invitation, url } = await administrator.ask(invite, { stepUp: await server.stepUp(administrator), note })
  return { ...invitation, url, token: tokenOf(url) }
}
const listed = async (server: TestServer, administrator: TestPerson) =>
  administrator.ask(listInvitations, { stepUp: await server.stepUp(administrator) })

test('everybody is told how one comes in', async () => {
  const rules = await Promise.all(
    [open, invited, closed].map((server) => createBrowser(server.url).ask(entryRules, {})),
  )

  assert.deepEqual(
    rules.map(({ registration }) => registration),
    ['open', 'invitation', 'closed'],
  )
  assert.deepEqual(rules[0]?.captcha, { kind: 'hcaptcha', siteKey: 'a key for all to see' })
  assert.deepEqual([rules[0]?.terms, rules[0]?.guests, rules[0]?.providers], [TERMS_VERSION, true, []])
})

test('where registration is closed or by invitation, nobody makes an account without one', async () => {
  const answers = await Promise.all([signsUp(invited), signsUp(closed)])

  assert.deepEqual(answers.map(codeOf), ['InvitationNeeded', 'RegistrationClosed'])
})

test('an invitation lets one person in, once, whoever else may come, and spares the human check', async () => {
  for (const server of [open, invited, closed]) {
    const administrator = await server.administrator(unused())
    const { token } = await inviteAt(server, administrator)

    const answers = [await signsUp(server, { invitation: token }), await signsUp(server, { invitation: token })]

    assert.deepEqual(answers.map(codeOf), ['ok', 'LinkSpent'])
  }
})

test('of many who use one invitation at once, one comes in', async () => {
  const administrator = await closed.administrator(unused())
  const { token } = await inviteAt(closed, administrator)

  const answers = await Promise.all([1, 2, 3, 4].map(() => signsUp(closed, { invitation: token })))

  assert.deepEqual(answers.map(codeOf).toSorted(), ['LinkSpent', 'LinkSpent', 'LinkSpent', 'ok'])
})

test('an invitation that was withdrawn, has run out, is another link, or is made up opens nothing', async () => {
  const administrator = await invited.administrator(unused())
  const [gone, old, fine] = [
    await inviteAt(invited, administrator),
    await inviteAt(invited, administrator),
    await inviteAt(invited, administrator),
  ]
  const stepUp = await invited.stepUp(administrator)
  await administrator.ask(withdrawInvitation, { stepUp, invitationId: gone.invitationId })

  const answers = [
    await signsUp(invited, { invitation: gone.token }),
    await signsUp(invited, { invitation: `${fine.token.slice(0, -2)}xx` }),
    await signsUp(invited, { invitation: fine.invitationId }),
    await signsUp(closed, { invitation: fine.token }),
    await signsUp(invited, { invitation: '' }),
  ]
  skew = 7 * DAY + 1
  answers.push(await signsUp(invited, { invitation: old.token }))
  skew = 0

  assert.deepEqual(
    answers.map(codeOf),
    answers.map(() => 'LinkSpent'),
  )
})

test('those who run it see open invitations, whose they are and what for, and never the link again', async () => {
  const administrator = await invited.administrator(unused())
  const { token, url, ...made } = await inviteAt(invited, administrator, 'for the choir')

  const [first] = await listed(invited, administrator)
  await signsUp(invited, { invitation: token })
  const after = await listed(invited, administrator)

  assert.deepEqual(first, made)
  assert.equal(first?.createdBy?.userId, administrator.userId)
  assert.equal(first?.note, 'for the choir')
  assert.equal(first && first.expiresAt - first.createdAt, 7 * DAY)
  assert.ok(url.startsWith(`${invited.url}/sign-up?invitation=`) && !JSON.stringify(first).includes(token))
  assert.ok(!after.some(({ invitationId }) => invitationId === made.invitationId))
})

test('withdrawing what is no invitation is not found, also where it is another link', async () => {
  const administrator = await closed.administrator(unused())

  const answer = await administrator.tries(withdrawInvitation, {
    stepUp: await closed.stepUp(administrator),
    invitationId: newId<InvitationId>(),
  })

  assert.equal(codeOf(answer), 'NotFound')
})

test('the human check is asked last and once, so that a name that is taken does not use up an answer', async () => {
  const username = unused()
  const answers = [
    await signsUp(open, { username }),
    await signsUp(open, { username, captcha: 'wrong' }),
    await signsUp(open, { username, captcha: 'right one' }),
    await signsUp(open, { captcha: 'right one' }),
    await signsUp(open, { username, captcha: 'right two' }),
    await signsUp(open, { captcha: 'right two' }),
  ]

  assert.deepEqual(answers.map(codeOf), ['CaptchaWrong', 'CaptchaWrong', 'ok', 'CaptchaWrong', 'UsernameTaken', 'ok'])
})

test('who loses a race for a name hears that it is taken, not that the check was wrong', async () => {
  const username = unused()

  const answers = await Promise.all(
    ['right a', 'right b', 'right c'].map((answer) => signsUp(open, { username, captcha: answer })),
  )

  assert.deepEqual(answers.map(codeOf).toSorted(), ['UsernameTaken', 'UsernameTaken', 'ok'])
})

test('anybody can look whether a name is free, however it is written', async () => {
  const taken = unused()
  await open.person(taken)
  const isFree = async (username: string) => (await createBrowser(open.url).ask(isNameFree, { username })).isFree

  assert.deepEqual(
    [await isFree(taken), await isFree(` ${taken.toUpperCase()} `), await isFree(unused()), await isFree('-no name-')],
    [false, false, true, false],
  )
})

test('the first link makes an administrator, once; nobody has one by default, and a new start makes a new link', async () => {
  const server = await serverWith('closed')
  const older = await server.app.inviteFirst()
  const first = await server.app.inviteFirst()
  assert.ok(older && first)
  const browser = createBrowser(server.url)

  const withdrawn = await signsUp(server, { invitation: tokenOf(older) })
  await browser.signsUp(unused(), { invitation: tokenOf(first) })
  const own = await browser.ask(ownAccount, {})
  const again = await server.app.inviteFirst()
  await server.stop()

  assert.equal(codeOf(withdrawn), 'LinkSpent')
  assert.equal(own.isAdmin, true)
  assert.equal(again, null)
})

test('the first link is void as soon as somebody runs the server; one that an operator asks for is not', async () => {
  const server = await serverWith('open')
  const first = (await server.app.inviteFirst()) ?? ''
  const asked = [await server.app.invite(true), await server.app.invite(false)]
  await server.administrator(unused())

  const late = await signsUp(server, { invitation: tokenOf(first) })
  const browsers = [createBrowser(server.url), createBrowser(server.url)]
  for (const [nth, browser] of browsers.entries())
    await browser.signsUp(unused(), { invitation: tokenOf(asked[nth] ?? '') })
  const isAdmin = await Promise.all(browsers.map(async (browser) => (await browser.ask(ownAccount, {})).isAdmin))
  await server.stop()

  assert.equal(codeOf(late), 'LinkSpent')
  assert.deepEqual(isAdmin, [true, false])
})

test('invitations that are made, used and withdrawn stand in the record, without the link', async () => {
  const administrator = await closed.administrator(unused())
  const [used, gone] = [await inviteAt(closed, administrator), await inviteAt(closed, administrator)]
  const person = valueOf(await signsUp(closed, { invitation: used.token }))
  const stepUp = await closed.stepUp(administrator)
  await administrator.ask(withdrawInvitation, { stepUp, invitationId: gone.invitationId })

  const audits = await closed.app.store.find(auditTable, { order: [['at', 'asc']], limit: 1000 })
  const about = audits.filter(({ details }) => [used, gone].some((each) => each.invitationId === details['invitation']))

  assert.deepEqual(
    about.map(({ act, actor }) => [act, actor]),
    [
      ['registration.invite', administrator.userId],
      ['registration.invite', administrator.userId],
      ['accounts.signUp', person.userId],
      ['registration.withdraw', administrator.userId],
    ] satisfies [string, UserId][],
  )
  assert.ok(!JSON.stringify(audits).includes(used.token))
})
