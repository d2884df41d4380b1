import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  entryRules,
  goToProvider,
  imposePenalty,
  returnFromProvider,
  signUpWithProvider,
  TERMS_VERSION,
  whoAmI,
  type UserId,
} from '@connectly/protocol'
import { newLink } from '../../kernel/links.ts'
import { insert, patch, type Write } from '../../store/store.ts'
import { newId, startServer } from '../../test-kit.ts'
import { userTable, type UserRow } from '../accounts/index.ts'
import { emailTable } from '../emails/index.ts'
import { codeOf, createProvidersWorld, MINUTE, type ProvidersWorld } from './providers-kit.ts'
import { exportLinks, purgeLinks } from './gone.ts'
import { identityTable } from './providers.tables.ts'

let world: ProvidersWorld
const entry: { registration: 'open' | 'invitation' | 'closed'; guests: boolean } = {
  registration: 'open',
  guests: true,
}

before(async () => {
  world = await createProvidersWorld({ entry })
})
after(() => world.stop())

test('[S1-95] somebody new comes from another service, chooses a name, and from then on is signed in by coming back', async () => {
  const { browser, account } = { browser: world.browser(), account: world.account({ name: 'Ada Okafor' }) }

  const first = await world.comes(browser, account)
  const input = { ticket: first.newcomer?.ticket ?? '', username: 'ada.o', terms: TERMS_VERSION }
  const made = await browser.ask(signUpWithProvider, input)
  const me = await browser.ask(whoAmI, {})
  const elsewhere = world.browser()
  const again = await world.comes(elsewhere, account)

  assert.deepEqual([first.signedIn, first.newcomer?.name], [null, 'Ada Okafor'])
  assert.deepEqual([made.person, me.name], [me, 'Ada Okafor'])
  assert.deepEqual(again, { signedIn: { person: me, second: null }, newcomer: null })
  assert.deepEqual(await elsewhere.ask(whoAmI, {}), me)
  const audited = (await world.audits('providers.signUp')).filter((row) => row.subject === me.userId)
  assert.deepEqual(
    audited.map(({ actor, details }) => ({ actor, details })),
    [{ actor: me.userId, details: { provider: 'oidc', isAdmin: false } }],
  )
})

test('a name to be called by is suggested after what one is called there, and is free', async () => {
  await world.server.person('emile.capek')
  const suggested = async (claims: object) =>
    (await world.comes(world.browser(), world.account({ ...claims }))).newcomer?.username

  const [taken, mail, script, long, none] = [
    await suggested({ preferred_username: 'Émile Čapek' }),
    await suggested({ email: 'zoe+chat@example.org', email_verified: false }),
    await suggested({ name: '田中 花子' }),
    await suggested({ nickname: 'x'.repeat(300) }),
    await suggested({ preferred_username: '--' }),
  ]

  assert.equal(taken, 'emile.capek2')
  assert.equal(mail, 'zoe.chat')
  assert.equal(script, 'newcomer')
  assert.equal(long, 'x'.repeat(28))
  assert.equal(none, 'newcomer')
})

test('text of another service that no store can keep does no harm, and a name that may not be shown is none', async () => {
  const claims = { preferred_username: 'mal\u0000lory', name: 'a\u202Eb', email: 'not an address', nickname: 7 }

  const { newcomer } = await world.comes(world.browser(), world.account(claims))

  assert.deepEqual([newcomer?.username, newcomer?.name], ['mallory', ''])
})

test('what is wrong with a new account is said, and the ticket is still good', async () => {
  const { browser, account } = { browser: world.browser(), account: world.account() }
  const { newcomer } = await world.comes(browser, account)
  const input = { ticket: newcomer?.ticket ?? '', username: `late-${newId().slice(-12)}`, terms: TERMS_VERSION }
  await world.server.person('somebody.else')

  const terms = await browser.tries(signUpWithProvider, { ...input, terms: '2020-01-01' })
  const name = await browser.tries(signUpWithProvider, { ...input, username: 'somebody.else' })
  const made = await browser.tries(signUpWithProvider, input)
  const twice = await world.browser().tries(signUpWithProvider, { ...input, username: 'another.one' })

  assert.deepEqual([terms, name, made, twice].map(codeOf), ['TermsChanged', 'UsernameTaken', 'ok', 'AlreadyLinked'])
})

test('two who use one ticket at the same moment make one account', async () => {
  const { newcomer } = await world.comes(world.browser(), world.account())
  const input = { ticket: newcomer?.ticket ?? '', terms: TERMS_VERSION }

  const answers = await Promise.all(
    ['one', 'two'].map((name) =>
      world.browser().tries(signUpWithProvider, { ...input, username: `${name}-${newId().slice(-12)}` }),
    ),
  )

  assert.deepEqual(answers.map(codeOf).toSorted(), ['AlreadyLinked', 'ok'])
})

test('an account with a second step is asked for it here, whatever the other service says', async () => {
  const { account } = { account: world.account() }
  const { person } = await world.newcomer(account)
  await write(patch(userTable, { userId: person.userId }, { set: { secondSteps: ['totp'] } }))
  const browser = world.browser()

  const { signedIn } = await world.comes(browser, account)

  assert.equal(signedIn?.person, null)
  assert.deepEqual(signedIn?.second?.offers, ['totp'])
  assert.equal(browser.token(), '')
})

test('whoever is kept out is kept out this way too', async () => {
  const account = world.account()
  const { person } = await world.newcomer(account)
  const warden = await world.server.administrator(`warden-${newId().slice(-12)}`)
  const ban = { userId: person.userId, kind: 'ban', until: Date.now() + 60 * MINUTE, reason: 'a test' } as const
  await warden.ask(imposePenalty, { stepUp: await world.server.stepUp(warden), ...ban })
  const browser = world.browser()

  const answer = await browser.tries(returnFromProvider, await world.there(browser, account))

  assert.equal(codeOf(answer), 'Banned')
  assert.equal(browser.token(), '')
})

test('a verified address of an account here lets nobody into it, and makes no second one', async () => {
  const { userId } = await world.server.person('owner.of.address')
  await owns(userId, 'owner@example.org')
  const browser = world.browser()
  const account = world.account({ email: 'OWNER@example.org', email_verified: true })

  const answer = await browser.tries(returnFromProvider, await world.there(browser, account))

  assert.equal(codeOf(answer), 'AddressUnproven')
  assert.equal(browser.token(), '')
  assert.deepEqual(await linksOf(userId), [])
})

test('an address that the other service does not vouch for is nobody’s: it does not even tell whether it has an account', async () => {
  const { userId } = await world.server.person('owner.of.another')
  await owns(userId, 'other@example.org')

  for (const email_verified of [false, undefined, 'no', 1]) {
    const browser = world.browser()
    const account = world.account({ email: 'other@example.org', email_verified })
    const { signedIn, newcomer } = await world.comes(browser, account)
    const input = { ticket: newcomer?.ticket ?? '', username: `x-${newId().slice(-12)}`, terms: TERMS_VERSION }
    const { person } = await browser.ask(signUpWithProvider, input)

    assert.equal(signedIn, null)
    assert.notEqual(person?.userId, userId)
    assert.equal((await world.server.app.store.get(userTable, { userId: person?.userId }))?.email, null)
  }
  assert.deepEqual(await linksOf(userId), [])
})

test('an address that the other service vouches for is confirmed with the account, unless somebody has it by then', async () => {
  const [one, two] = [world.browser(), world.browser()]
  const claims = { email: 'Zora@Example.org', email_verified: true }
  const [first, second] = [await world.comes(one, world.account(claims)), await world.comes(two, world.account(claims))]
  const input = (back: typeof first, username: string) => ({
    ticket: back.newcomer?.ticket ?? '',
    username,
    terms: TERMS_VERSION,
  })

  const { person } = await one.ask(signUpWithProvider, input(first, 'zora.one'))
  const { person: other } = await two.ask(signUpWithProvider, input(second, 'zora.two'))

  const { store } = world.server.app
  const [zora, namesake] = [
    await store.get(userTable, { userId: person?.userId }),
    await store.get(userTable, { userId: other?.userId }),
  ]
  assert.deepEqual([zora?.email, zora?.emailKey, namesake?.email], ['Zora@Example.org', 'zora@example.org', null])
  assert.equal((await store.get(emailTable, { emailKey: 'zora@example.org' }))?.userId, person?.userId)
})

test('who leaves takes their links along, and finds them in the copy of what is theirs', async () => {
  const account = world.account({ email: 'left@example.org' })
  const { person } = await world.newcomer(account)
  const { store } = world.server.app

  const copy = await exportLinks(store, person.userId)
  await write(...(await purgeLinks(store, person.userId)))
  const back = await world.comes(world.browser(), account)

  const [link] = copy['linked-accounts.json'] as object[]
  assert.deepEqual(
    { ...link, linkedAt: 0 },
    { provider: 'oidc', subject: account.sub, account: 'left@example.org', linkedAt: 0 },
  )
  assert.equal(back.signedIn, null)
})

test('a closed house lets nobody new in, and everybody who has an account', async () => {
  const account = world.account()
  const { person } = await world.newcomer(account)
  const late = await world.comes(world.browser(), world.account())
  entry.registration = 'closed'
  try {
    const [known, stranger, browser] = [world.browser(), world.browser(), world.browser()]
    const back = await world.comes(known, account)
    const refused = await stranger.tries(returnFromProvider, await world.there(stranger, world.account()))
    const input = { ticket: late.newcomer?.ticket ?? '', username: `l-${newId().slice(-12)}`, terms: TERMS_VERSION }
    const tooLate = await browser.tries(signUpWithProvider, input)

    assert.equal(back.signedIn?.person?.userId, person.userId)
    assert.deepEqual([refused, tooLate].map(codeOf), ['RegistrationClosed', 'RegistrationClosed'])
  } finally {
    entry.registration = 'open'
  }
})

test('where an invitation is needed, one lets one person in', async () => {
  const now = Date.now()
  const invited = newLink({ purpose: 'invitation', userId: null, now, life: 60 * MINUTE, data: { isAdmin: true } })
  await write(invited.write)
  const invitation = world.server.app.services.seals.linkToken(invited.linkId)
  entry.registration = 'invitation'
  try {
    const [none, one, two] = [world.browser(), world.browser(), world.browser()]
    const uninvited = await none.tries(returnFromProvider, await world.there(none, world.account()))
    const back = await Promise.all(
      [one, two].map(async (browser) =>
        browser.ask(returnFromProvider, { ...(await world.there(browser, world.account())), invitation }),
      ),
    )
    const [first, second] = back.map(({ newcomer }, n) => {
      const username = `i${n}-${newId().slice(-12)}`
      return { ticket: newcomer?.ticket ?? '', username, terms: TERMS_VERSION }
    })
    const without = await one.tries(signUpWithProvider, first!)
    const made = await one.tries(signUpWithProvider, { ...first!, invitation })
    const again = await two.tries(signUpWithProvider, { ...second!, invitation })

    assert.deepEqual([uninvited, without, made, again].map(codeOf), [
      'InvitationNeeded',
      'InvitationNeeded',
      'ok',
      'LinkSpent',
    ])
    const { userId } = await one.ask(whoAmI, {})
    assert.equal((await world.server.app.store.get(userTable, { userId }))?.isAdmin, true)
  } finally {
    entry.registration = 'open'
  }
})

test('[S1-95] a return counts once, for the browser and the journey it belongs to, and for ten minutes', async () => {
  const [mine, theirs] = [world.browser(), world.browser()]
  const account = world.account()
  const [my, their] = [await world.there(mine, account), await world.there(theirs, world.account())]

  const mixed = [
    await mine.tries(returnFromProvider, { ...their, ticket: my.ticket }),
    await mine.tries(returnFromProvider, { ...my, ticket: their.ticket }),
    await mine.tries(returnFromProvider, { ...my, state: '' }),
    await mine.tries(returnFromProvider, { ...my, ticket: 'e30.e30.e30' }),
  ]
  const first = await mine.tries(returnFromProvider, my)
  const twice = await mine.tries(returnFromProvider, my)
  world.later(10 * MINUTE + 1000)
  const late = await theirs.tries(returnFromProvider, their)

  assert.deepEqual(mixed.map(codeOf), Array<string>(4).fill('LinkSpent'))
  assert.equal(codeOf(first), 'ok')
  assert.deepEqual([twice, late].map(codeOf), ['LinkSpent', 'LinkSpent'])
})

test('a return that comes twice at once is taken once', async () => {
  const browser = world.browser()
  const back = await world.there(browser, world.account())

  const answers = await Promise.all([1, 2, 3].map(() => browser.tries(returnFromProvider, back)))

  assert.deepEqual(answers.map(codeOf).toSorted(), ['LinkSpent', 'LinkSpent', 'ok'])
})

test('a ticket to make an account with runs out after half an hour', async () => {
  const browser = world.browser()
  const { newcomer } = await world.comes(browser, world.account())
  world.later(30 * MINUTE + 1000)

  const late = await browser.tries(signUpWithProvider, {
    ticket: newcomer?.ticket ?? '',
    username: `t-${newId().slice(-12)}`,
    terms: TERMS_VERSION,
  })

  assert.equal(codeOf(late), 'LinkSpent')
})

test('no at the other service is a no here, and nobody is signed in', async () => {
  const browser = world.browser()

  const answer = await browser.tries(returnFromProvider, await world.there(browser, null))

  assert.equal(codeOf(answer), 'ProviderDenied')
  assert.equal(browser.token(), '')
})

test('while the other service is away one hears so; when it is back nothing else is needed', async () => {
  const other = await createProvidersWorld()
  const browser = other.browser()
  await other.other.stop()

  const away = await browser.tries(goToProvider, { provider: 'oidc' })
  await other.other.start()
  const back = await browser.tries(goToProvider, { provider: 'oidc' })

  assert.deepEqual([away, back].map(codeOf), ['ProviderFailed', 'ok'])
  assert.equal(!away.ok && away.refusal.params?.['reason'], 'unreachable')
  await other.stop()
})

test('[S1-95] what is configured is offered, and nothing else', async () => {
  const plain = await startServer()
  const nobody = plain.again('' as UserId, '')

  const rules = await world.browser().ask(entryRules, {})
  const none = await nobody.ask(entryRules, {})
  const unknown = await world.browser().tries(goToProvider, { provider: 'elsewhere' })
  const off = await nobody.tries(goToProvider, { provider: 'google' })

  assert.deepEqual(rules.providers, [
    { provider: 'oidc', name: 'The other place' },
    { provider: 'google', name: 'Google' },
  ])
  assert.deepEqual(none.providers, [])
  assert.deepEqual([unknown, off].map(codeOf), ['NotFound', 'NotFound'])
  await plain.stop()
})

test('an account there that is linked to nobody any more lets nobody in', async () => {
  const account = world.account()
  const { person } = await world.newcomer(account)
  const { subject } = (await linksOf(person.userId))[0]!
  await write({ do: 'remove', table: identityTable, key: { provider: 'oidc', subject } })

  const { signedIn, newcomer } = await world.comes(world.browser(), account)

  assert.equal(signedIn, null)
  assert.ok(newcomer)
})

const linksOf = (userId: UserRow['userId']) =>
  world.server.app.store.find(identityTable, { where: { userId }, limit: 10 })

/** Makes an address this person's, as confirming it would. */
async function owns(userId: UserRow['userId'], email: string): Promise<void> {
  const row = { emailKey: email, userId, confirmedAt: 1 }
  await write(insert(emailTable, row), patch(userTable, { userId }, { set: { email, emailKey: email } }))
}

async function write(...writes: Write[]): Promise<void> {
  const make = () => ({ writes, events: [], result: null })
  const [outcome] = await world.server.app.store.commit([{ places: [], given: [], make }], Date.now())
  assert.equal(outcome?.kind, 'done')
}
