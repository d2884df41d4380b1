import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import {
  changePassword,
  comeAsGuest,
  confirmEmail,
  confirmEmailByLink,
  linkIsOpen,
  myEmail,
  removeEmail,
  setEmail,
  signIn,
  stayForGood,
  TERMS_VERSION,
} from '@connectly/protocol'
import { codeIn, linkIn } from '../../mail-kit.ts'
import { codeOf, PASSWORD, valueOf } from '../../browser-kit.ts'
import { startEmails } from './emails-kit.ts'

const HOUR = 60 * 60 * 1000

const world = await startEmails()
const { mails } = world
after(() => world.stop())

test('an address given while signing up is mailed a code and a link, and counts once the code comes back', async () => {
  const { browser, me, email } = await world.newcomer()

  const before = await browser.ask(myEmail, {})
  const early = await browser.tries(signIn, { username: email, password: PASSWORD })
  const mail = await mails.mailTo(email)
  const confirmed = await browser.ask(confirmEmail, { code: codeIn(mail) })
  const entered = await world.browser().ask(signIn, { username: ` ${email.toUpperCase()} `, password: PASSWORD })

  assert.deepEqual([before.email, before.waiting?.email, before.confirmedAt], [null, email, null])
  assert.equal(codeOf(early), 'WrongCredentials')
  assert.match(mail.subject, /^\d{3} \d{3} is your code for Connectly$/)
  assert.ok(linkIn(mail).url.startsWith(`${world.server.url}/confirm#`))
  assert.ok(mail.html.includes(linkIn(mail).url))
  assert.deepEqual([confirmed.email, confirmed.waiting], [email, null])
  assert.deepEqual(await browser.ask(myEmail, {}), confirmed)
  assert.equal(entered.person?.userId, me.userId)
})

test('the link confirms it too, signed in or not, once; the code is spent with it', async () => {
  const { browser, email } = await world.newcomer()
  const mail = await mails.mailTo(email)
  const { token } = linkIn(mail)

  const open = await world.browser().ask(linkIsOpen, { token })
  const first = await world.browser().ask(confirmEmailByLink, { token })
  const second = await world.browser().tries(confirmEmailByLink, { token })
  const code = await browser.tries(confirmEmail, { code: codeIn(mail) })

  assert.deepEqual([open, first], [{ isOpen: true }, { email }])
  assert.deepEqual([second, code].map(codeOf), ['LinkSpent', 'LinkSpent'])
  assert.deepEqual(await world.browser().ask(linkIsOpen, { token }), { isOpen: false })
  assert.equal((await browser.ask(myEmail, {})).email, email)
})

test('twice at once, a link is used once', async () => {
  const { email } = await world.newcomer()
  const { token } = linkIn(await mails.mailTo(email))

  const answers = await Promise.all([1, 2, 3, 4].map(() => world.browser().tries(confirmEmailByLink, { token })))

  assert.deepEqual(answers.map(codeOf).toSorted(), ['LinkSpent', 'LinkSpent', 'LinkSpent', 'ok'])
})

test('five wrong codes void code and link, also when they come at once, the right one sixth', async () => {
  const [one, many] = [await world.newcomer(), await world.newcomer()]
  const [mail, other] = [await mails.mailTo(one.email), await mails.mailTo(many.email)]
  const wrong = (right: string, nth: number) => String((Number(right) + 1 + nth) % 1_000_000).padStart(6, '0')

  const answers: string[] = []
  for (let nth = 0; nth < 7; nth++)
    answers.push(codeOf(await one.browser.tries(confirmEmail, { code: wrong(codeIn(mail), nth) })))
  const right = await one.browser.tries(confirmEmail, { code: codeIn(mail) })
  const link = await world.browser().tries(confirmEmailByLink, linkIn(mail))
  const seat = await world.server.again(many.me.userId, many.browser.token()).connect()
  const flood = await Promise.all(
    Array.from({ length: 60 }, (_, nth) =>
      seat.tries(confirmEmail, { code: nth === 5 ? codeIn(other) : wrong(codeIn(other), nth) }),
    ),
  )

  assert.deepEqual(answers, [...Array<string>(5).fill('WrongProof'), 'LinkSpent', 'LinkSpent'])
  assert.deepEqual([right, link].map(codeOf), ['LinkSpent', 'LinkSpent'])
  assert.deepEqual(await world.browser().ask(linkIsOpen, { token: linkIn(mail).token }), { isOpen: false })
  assert.equal((await one.browser.ask(myEmail, {})).waiting, null)
  // Which of them comes first is the engine's: the right one counts if fewer than five wrong ones were before it.
  const counted = (code: string) => flood.filter((answer) => codeOf(answer) === code).length
  const isRight = counted('ok') === 1
  assert.equal(counted('WrongProof') + counted('LinkSpent') + counted('ok'), 60)
  assert.ok(isRight ? counted('WrongProof') < 5 : counted('WrongProof') === 5, flood.map(codeOf).join())
})

test('a new mail makes those before it void, and after 24 hours every one is', async () => {
  const somebody = await world.newcomer()
  const first = await mails.mailTo(somebody.email)

  assert.equal(codeOf(await world.sets(somebody, somebody.email)), 'ok')
  const second = await mails.mailTo(somebody.email, 2)
  const old = await world.browser().tries(confirmEmailByLink, linkIn(first))
  world.ahead(24 * HOUR)
  const late = await world.browser().tries(confirmEmailByLink, linkIn(second))
  const code = await somebody.browser.tries(confirmEmail, { code: codeIn(second) })

  assert.deepEqual([old, late, code].map(codeOf), ['LinkSpent', 'LinkSpent', 'LinkSpent'])
  assert.equal((await somebody.browser.ask(myEmail, {})).waiting, null)
})

test('a code is good for its own account only, a token for its own purpose, and one that we did not make for nothing', async () => {
  const [mine, theirs] = [await world.newcomer(), await world.newcomer()]
  const [mail, other] = [await mails.mailTo(mine.email), await mails.mailTo(theirs.email)]
  const { token } = linkIn(mail)
  const [linkId = '', mark = ''] = token.split('.')
  const forged = [
    `${linkId}.${mark.slice(0, -2)}AA`,
    linkId,
    `${linkId}.`,
    '',
    `${linkIn(other).token.split('.')[0]}.${mark}`,
  ]

  const stranger = await theirs.browser.tries(confirmEmail, { code: codeIn(mail) })
  const answers = await Promise.all(forged.map((each) => world.browser().tries(confirmEmailByLink, { token: each })))
  const byAnother = await theirs.browser.ask(confirmEmailByLink, { token })

  assert.equal(codeOf(stranger), 'WrongProof')
  assert.deepEqual(
    answers.map(codeOf),
    forged.map(() => 'LinkSpent'),
  )
  assert.deepEqual(byAnother, { email: mine.email })
  assert.equal((await mine.browser.ask(myEmail, {})).email, mine.email)
  assert.equal((await theirs.browser.ask(myEmail, {})).email, null, 'whoever opens it gains nothing')
})

test('an address of somebody else: the answer is the same, its owner is told, and the asker is sent nothing', async () => {
  const owner = await world.confirmed()
  const asker = await world.confirmed()
  const free = world.address()

  const taken = valueOf(await world.sets(asker, owner.email.toLowerCase()))
  const seen = await asker.browser.ask(myEmail, {})
  const guess = await asker.browser.tries(confirmEmail, { code: '000000' })
  const unknown = valueOf(await world.sets(asker, free))
  const told = await mails.mailTo(owner.email, 2)

  const shape = ({ waiting, ...rest }: typeof taken) => ({ ...rest, waiting: Object.keys(waiting ?? {}) })
  assert.deepEqual(shape(taken), shape(unknown))
  assert.deepEqual(seen, taken)
  assert.equal(codeOf(guess), 'WrongProof')
  assert.equal(told.subject, 'You have an account already')
  assert.ok(told.text.includes(`@${owner.me.username}`) && !told.text.includes(asker.me.username))
  assert.equal(linkIn(told).token, '')
  assert.equal((await owner.browser.ask(myEmail, {})).email, owner.email)
})

test('signing up with an address that somebody has looks like any other, and tells its owner', async () => {
  const owner = await world.confirmed()

  const { browser } = await world.newcomer(owner.email)
  const told = await mails.mailTo(owner.email, 2)

  assert.equal((await browser.ask(myEmail, {})).waiting?.email, owner.email)
  assert.equal(told.subject, 'You have an account already')
})

test('of two accounts that confirm one address at once, one gets it, and the other learns no more than LinkSpent', async () => {
  for (let turn = 0; turn < 5; turn++) {
    const email = world.address()
    const [a, b] = [await world.newcomer(email), await world.newcomer(email)]
    const [first, second] = [await mails.mailTo(email), await mails.mailTo(email, 2)]

    const answers = await Promise.all(
      [first, second].map((mail) => world.browser().tries(confirmEmailByLink, linkIn(mail))),
    )
    const has = await Promise.all([a, b].map(async ({ browser }) => (await browser.ask(myEmail, {})).email))

    assert.deepEqual(answers.map(codeOf).toSorted(), ['LinkSpent', 'ok'])
    assert.deepEqual(has.filter(Boolean), [email])
  }
})

test('a mailbox is one however it is written: case, and the spelling of an international domain', async () => {
  const name = world.username()
  const owner = await world.confirmed(`${name}@bücher.example`.normalize('NFC')).catch(() => null)
  assert.ok(owner)

  await world.newcomer(`${name.toUpperCase()}@XN--BCHER-KVA.example`)
  await world.settled()
  const entered = await world.browser().ask(signIn, { username: `${name}@xn--bcher-kva.example`, password: PASSWORD })

  assert.equal(mails.arrived.at(-1)?.subject, 'You have an account already')
  assert.equal(entered.person?.userId, owner.me.userId)
})

test('another address takes the place of the first: that one is told, signs nobody in, and is free for others', async () => {
  const somebody = await world.confirmed()
  const next = world.address()

  valueOf(await world.sets(somebody, next))
  await somebody.browser.ask(confirmEmail, { code: codeIn(await mails.mailTo(next)) })
  const told = await mails.mailTo(somebody.email, 2)
  const old = await world.browser().tries(signIn, { username: somebody.email, password: PASSWORD })
  const other = await world.newcomer(somebody.email)
  await other.browser.ask(confirmEmail, { code: codeIn(await mails.mailTo(somebody.email, 3)) })

  assert.equal(told.subject, 'This is no longer your address at Connectly')
  assert.equal(codeOf(old), 'WrongCredentials')
  assert.equal((await somebody.browser.ask(myEmail, {})).email, next)
  assert.equal((await other.browser.ask(myEmail, {})).email, somebody.email)
})

test('who takes their address away has none, the address is told, and the link of another that waits is void', async () => {
  const somebody = await world.confirmed()
  const waits = world.address()
  valueOf(await world.sets(somebody, waits))
  const mail = await mails.mailTo(waits)

  const gone = await somebody.browser.ask(removeEmail, { stepUp: await world.stepUp(somebody) })
  const again = await somebody.browser.ask(removeEmail, { stepUp: await world.stepUp(somebody) })
  await mails.mailTo(somebody.email, 2)

  assert.deepEqual([gone, again], Array(2).fill({ email: null, confirmedAt: null, waiting: null }))
  assert.equal(codeOf(await world.browser().tries(confirmEmailByLink, linkIn(mail))), 'LinkSpent')
  assert.equal(
    codeOf(await world.browser().tries(signIn, { username: somebody.email, password: PASSWORD })),
    'WrongCredentials',
  )
})

test('a changed password makes an address that waits wait no more: whoever knew the old one may have asked for it', async () => {
  const somebody = await world.confirmed()
  const waits = world.address()
  valueOf(await world.sets(somebody, waits))
  const mail = await mails.mailTo(waits)

  const stepUp = await world.stepUp(somebody)
  await somebody.browser.ask(changePassword, { stepUp, current: PASSWORD, password: 'eleven quiet lanterns drift' })
  const late = await world.browser().tries(confirmEmailByLink, linkIn(mail))

  assert.equal(codeOf(late), 'LinkSpent')
  assert.equal((await somebody.browser.ask(myEmail, {})).email, somebody.email)
})

test('setting and taking away ask for a step-up, and a guest has no address', async () => {
  const { browser } = await world.confirmed()
  const guest = world.browser()
  await guest.ask(comeAsGuest, { name: 'Passing by', terms: TERMS_VERSION })

  const answers = [
    await browser.tries(setEmail, { stepUp: '', email: world.address() }),
    await browser.tries(removeEmail, { stepUp: '' }),
    await guest.tries(setEmail, { stepUp: '', email: world.address() }),
    await guest.tries(confirmEmail, { code: '000000' }),
  ]

  assert.deepEqual(answers.map(codeOf), ['StepUpNeeded', 'StepUpNeeded', 'NotAllowed', 'NotAllowed'])
})

test('a guest who stays for good gives an address in the same go', async () => {
  const guest = world.browser()
  await guest.ask(comeAsGuest, { name: 'Passing by', terms: TERMS_VERSION })
  const email = world.address()

  await guest.ask(stayForGood, { username: world.username(), password: PASSWORD, email })
  await guest.ask(confirmEmail, { code: codeIn(await mails.mailTo(email)) })

  assert.equal((await guest.ask(myEmail, {})).email, email)
})

test('an account that is not made sends no mail', async () => {
  const { me } = await world.newcomer()
  const email = world.address()

  await assert.rejects(world.browser().signsUp(me.username, { email }), /UsernameTaken/)

  assert.equal(await world.countTo(email), 0)
})

test('one address gets few mails, whoever asks and from how many accounts', async () => {
  const email = world.address()
  const codes: string[] = []

  for (let nth = 0; nth < 7; nth++) {
    const somebody = await world.newcomer()
    codes.push(codeOf(await world.sets(somebody, email)))
  }

  assert.deepEqual(codes, [...Array<string>(5).fill('ok'), 'TooManyRequests', 'TooManyRequests'])
  assert.equal(await world.countTo(email), 5)
})

test('what is no address is refused, and nobody hears of it', async () => {
  const somebody = await world.newcomer()
  const wrong = [
    'nobody',
    'a@b',
    'a@@b.org',
    'a b@example.org',
    'a@example.org\r\nBcc: x@example.org',
    '<a@example.org>',
    '',
  ]

  for (const email of wrong) assert.equal(codeOf(await world.sets(somebody, email)), 'InvalidInput', email)
})
