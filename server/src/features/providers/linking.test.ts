import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import {
  goToLink,
  linkedAccounts,
  linkProvider,
  returnFromProvider,
  unlinkProvider,
  type LinkedAccount,
} from '@connectly/protocol'
import { startSession } from '../../kernel/sessions.ts'
import { patch, type Write } from '../../store/store.ts'
import { addPerson, newId, type TestPerson } from '../../test-kit.ts'
import { userTable } from '../accounts/index.ts'
import { codeOf, createProvidersWorld, MINUTE, type ProvidersWorld } from './providers-kit.ts'

let world: ProvidersWorld

before(async () => {
  world = await createProvidersWorld()
})
after(() => world.stop())

test('[S1-95] a service is linked after a step-up, signs in from then on, and is taken away again', async () => {
  const me = await owner()
  const account = world.account({ email: 'ada@work.example' })

  const linked = await link(me, account)
  const back = await world.comes(world.browser(), account)
  const left = await me.ask(unlinkProvider, { stepUp: await world.server.stepUp(me), provider: 'oidc' })
  const stranger = await world.comes(world.browser(), account)

  assert.deepEqual(names(linked), [['oidc', 'The other place', 'ada@work.example']])
  assert.equal(back.signedIn?.person?.userId, me.userId)
  assert.deepEqual(left, [])
  assert.equal(stranger.signedIn, null)
  for (const act of ['providers.link', 'providers.unlink']) {
    const [row] = (await world.audits(act)).filter(({ actor }) => actor === me.userId)
    assert.deepEqual([row?.subject, row?.details], [me.userId, { provider: 'oidc' }], act)
  }
})

test('its owner hears by mail of another way in, and of one that is gone', async () => {
  const me = await owner()
  const address = `${newId()}@example.org`
  await write(patch(userTable, { userId: me.userId }, { set: { email: address, emailKey: address } }))

  await link(me, world.account())
  await me.ask(unlinkProvider, { stepUp: await world.server.stepUp(me), provider: 'oidc' })

  await mailTo(address, 'factorAdded', /a link to another service can open your account from now on/)
  await mailTo(address, 'factorRemoved', /this was removed from your account: a link to another service/)
})

test('neither going there nor unlinking is done without having shown that it is really them', async () => {
  const [me, you] = [await owner(), await owner()]
  await link(me, world.account())
  const stepUp = await world.server.stepUp(you)

  const answers = [
    await me.tries(goToLink, { stepUp: '', provider: 'oidc' }),
    await me.tries(goToLink, { stepUp, provider: 'oidc' }),
    await me.tries(unlinkProvider, { stepUp: '', provider: 'oidc' }),
    await me.tries(unlinkProvider, { stepUp, provider: 'oidc' }),
  ]

  assert.deepEqual(answers.map(codeOf), Array<string>(4).fill('StepUpNeeded'))
  assert.equal((await me.ask(linkedAccounts, {})).length, 1)
})

test('a link is finished by the session that began it, as a link, within ten minutes, once', async () => {
  const [me, you] = [await owner(), await owner()]
  const other = await anotherSession(me)
  const begun = await goes(me, world.account())
  const signIn = await world.there(world.browser(), world.account())

  const answers = [
    await you.tries(linkProvider, begun),
    await other.tries(linkProvider, begun),
    await me.tries(linkProvider, signIn),
    await world.browser().tries(returnFromProvider, begun),
  ]
  const first = await me.tries(linkProvider, begun)
  const twice = await me.tries(linkProvider, begun)
  const late = await goes(me, world.account(), 'google')
  world.later(10 * MINUTE + 1000)
  const tooLate = await me.tries(linkProvider, late)

  assert.deepEqual(answers.map(codeOf), Array<string>(4).fill('LinkSpent'))
  assert.deepEqual([first, twice, tooLate].map(codeOf), ['ok', 'LinkSpent', 'LinkSpent'])
})

test('an account there signs in to one account here, and an account here has one of each service', async () => {
  const [me, you] = [await owner(), await owner()]
  const account = world.account()
  await link(me, account)

  const theirs = await you.tries(linkProvider, await goes(you, account))
  const second = await me.tries(linkProvider, await goes(me, world.account()))
  const again = await me.tries(linkProvider, await goes(me, account))
  const back = await world.comes(world.browser(), account)

  assert.deepEqual([theirs, second, again].map(codeOf), ['AlreadyLinked', 'AlreadyLinked', 'ok'])
  assert.equal((await me.ask(linkedAccounts, {})).length, 1)
  assert.deepEqual(await you.ask(linkedAccounts, {}), [])
  assert.equal(back.signedIn?.person?.userId, me.userId)
})

test('two people who link one account there at the same moment do not both have it', async () => {
  const people = [await owner(), await owner()]
  const account = world.account()
  const begun = []
  for (const each of people) begun.push({ each, back: await goes(each, account) })

  const answers = await Promise.all(begun.map(({ each, back }) => each.tries(linkProvider, back)))

  const codes = answers.map(codeOf)
  assert.equal(codes.filter((code) => code === 'ok').length, 1, codes.join())
  const links = await Promise.all(people.map((each) => each.ask(linkedAccounts, {})))
  assert.equal(links.flat().length, 1)
})

test('the last way in stays: a password, a passkey or another link has to be there first', async () => {
  const { me, person } = await world.newcomer(world.account())
  const unlink = async (provider = 'oidc') =>
    codeOf(await me.tries(unlinkProvider, { stepUp: await world.server.stepUp(me), provider }))
  const set = (columns: object) => write(patch(userTable, { userId: person.userId }, { set: columns }))

  const alone = await unlink()
  await set({ secondSteps: ['totp'] })
  const withApp = await unlink()
  await link(me, world.account(), 'google')
  const withOther = await unlink()
  const lastOther = await unlink('google')
  await set({ secondSteps: ['passkey'] })
  const withPasskey = await unlink('google')
  await set({ secondSteps: null })
  await link(me, world.account())
  await set({ passwordHash: 'some hash' })
  const withPassword = await unlink()

  assert.deepEqual([alone, withApp, lastOther], ['LastWayIn', 'LastWayIn', 'LastWayIn'])
  assert.deepEqual([withOther, withPasskey, withPassword], ['ok', 'ok', 'ok'])
})

test('of two last links that are taken away at the same moment one stays', async () => {
  for (let n = 0; n < 5; n++) {
    const { me } = await world.newcomer(world.account())
    await link(me, world.account(), 'google')
    const stepUp = await world.server.stepUp(me)

    const answers = await Promise.all(
      ['oidc', 'google'].map((provider) => me.tries(unlinkProvider, { stepUp, provider })),
    )

    assert.deepEqual(answers.map(codeOf).toSorted(), ['LastWayIn', 'ok'])
    assert.equal((await me.ask(linkedAccounts, {})).length, 1)
  }
})

test('taking away what is not there changes nothing, and what is mine is nobody else’s', async () => {
  const [me, you] = [await owner(), await owner()]
  await link(me, world.account())

  const none = await you.ask(unlinkProvider, { stepUp: await world.server.stepUp(you), provider: 'oidc' })

  assert.deepEqual(none, [])
  assert.equal((await me.ask(linkedAccounts, {})).length, 1)
})

test('only people link: guests and bots do not', async () => {
  for (const kind of ['guest', 'bot'] as const) {
    const { userId, token } = await addPerson(world.server.app.store, `link-${newId().slice(-12)}`, kind)
    const them = world.server.again(userId, token)
    const stepUp = await world.server.stepUp(them)
    const signIn = await world.there(world.browser(), world.account())

    const answers = [
      await them.tries(goToLink, { stepUp, provider: 'oidc' }),
      await them.tries(linkProvider, signIn),
      await them.tries(unlinkProvider, { stepUp, provider: 'oidc' }),
    ]

    assert.deepEqual(answers.map(codeOf), Array<string>(3).fill('NotAllowed'))
    assert.deepEqual(await them.ask(linkedAccounts, {}), [])
  }
})

/** Somebody with a password. */
async function owner(): Promise<TestPerson> {
  const person = await world.server.person(`owner-${newId().slice(-12)}`)
  await write(patch(userTable, { userId: person.userId }, { set: { passwordHash: 'some hash' } }))
  return person
}

/** Goes to link an account there, and is back: what the page then asks with. */
async function goes(me: TestPerson, account: ReturnType<ProvidersWorld['account']>, provider = 'oidc') {
  const { url, ticket } = await me.ask(goToLink, { stepUp: await world.server.stepUp(me), provider })
  return { ticket, ...(await world.travel(url, account, provider)) }
}

async function link(me: TestPerson, account: ReturnType<ProvidersWorld['account']>, provider = 'oidc') {
  return me.ask(linkProvider, await goes(me, account, provider))
}

async function anotherSession({ userId }: TestPerson): Promise<TestPerson> {
  const session = startSession({ userId, kind: 'person', now: Date.now() })
  await write(session.write)
  return world.server.again(userId, session.token)
}

/** Waits until the outbox folder has a mail to somebody that says this. */
async function mailTo(address: string, template: string, says: RegExp): Promise<void> {
  const folder = join(world.server.dataDir, 'outbox')
  for (const until = Date.now() + 5000; Date.now() < until; await new Promise((done) => setTimeout(done, 10)))
    for (const name of existsSync(folder) ? readdirSync(folder) : []) {
      if (!name.includes(`-${template}-`) || !name.endsWith('.txt')) continue
      const text = readFileSync(join(folder, name), 'utf8').replaceAll(/\s+/g, ' ')
      if (text.includes(address) && says.test(text)) return
    }
  throw new Error(`no mail ${template} to ${address}`)
}

const names = (links: readonly LinkedAccount[]) => links.map(({ provider, name, account }) => [provider, name, account])

async function write(...writes: Write[]): Promise<void> {
  const make = () => ({ writes, events: [], result: null })
  const [outcome] = await world.server.app.store.commit([{ places: [], given: [], make }], Date.now())
  assert.equal(outcome?.kind, 'done')
}
