import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { changePassword, registry, secondStep, signIn, signOut, stepUp, whoAmI } from '@connectly/protocol'
import { onceLookedUp } from '../../race-kit.ts'
import { codeOf, createFactorsWorld, DAY, MINUTE, PASSWORD, valueOf, type FactorsWorld } from './factors-kit.ts'

let world: FactorsWorld
before(async () => {
  world = await createFactorsWorld()
})
after(() => world.server.stop())

/** Somebody with an app, whose next code is a new one. */
async function guarded() {
  const owner = await world.owner()
  const app = await world.addApp(owner.me)
  world.wait(MINUTE)
  return { ...owner, app }
}

test('the password alone leads to the second step: no session, no cookie, and what is offered', async () => {
  const { username } = await guarded()
  const there = world.browser()

  const half = await there.ask(signIn, { username, password: PASSWORD })

  assert.equal(half.person, null)
  assert.deepEqual(half.second?.offers, ['totp', 'recovery'])
  assert.equal(there.token(), '')
  assert.equal(codeOf(await there.tries(whoAmI, {})), 'SignedOut')
})

test('who is half way can do nothing else: the ticket is no token, at any method, nor on a socket', async () => {
  const { username, userId } = await guarded()
  const there = world.browser()
  const ticket = await world.halfWay(username, there)
  const methods = [...registry.methods.values()].filter(
    ({ access, door }) => access.who === 'session' && door !== 'socket',
  )

  for (const method of methods) {
    assert.equal(codeOf(await there.tries(method, {})), 'SignedOut', method.name)
    assert.ok(!there.cookies.has('connectly'))
  }
  there.cookies.set('connectly', ticket)
  for (const method of methods) assert.equal(codeOf(await there.tries(method, {})), 'SignedOut', method.name)
  const bearer = await world.server.again(userId, ticket).tries(whoAmI, {})
  assert.equal(codeOf(bearer), 'InvalidInput', 'a ticket does not even look like a token')
  await assert.rejects(world.server.again(userId, ticket).connect(), /SignedOut/)
  assert.ok(methods.length > 60)
})

test('a right second step signs in; a wrong one, or none, does not', async () => {
  const { username, app } = await guarded()
  const there = world.browser()
  const ticket = await world.halfWay(username, there)
  const wrong = app.code() === '000000' ? '000001' : '000000'

  const answers = [
    await there.tries(secondStep, { ticket, totp: wrong }),
    await there.tries(secondStep, { ticket }),
    await there.tries(secondStep, { ticket, totp: app.code() }),
  ]

  assert.deepEqual(answers.map(codeOf), ['WrongProof', 'WrongProof', 'ok'])
  assert.equal(valueOf(answers[2]!).person?.username, username)
  assert.equal((await there.ask(whoAmI, {})).username, username)
})

test('a ticket that was seen by others opens nothing without the factor, nor after it was used', async () => {
  const { username, app } = await guarded()
  const there = world.browser()
  const ticket = await world.halfWay(username, there)
  const code = app.code()

  const elsewhere = await world.browser().tries(secondStep, { ticket })
  const owner = await there.tries(secondStep, { ticket, totp: code })
  const again = await world.browser().tries(secondStep, { ticket, totp: code })

  assert.deepEqual([elsewhere, owner, again].map(codeOf), ['WrongProof', 'ok', 'WrongProof'])
})

test('a ticket holds ten minutes, and what is no ticket is none', async () => {
  const { username, app } = await guarded()
  const ticket = await world.halfWay(username)
  const [header = '', ...rest] = ticket.split('.')

  const made = ['', 'x', `${header}.`, [header, ...rest.slice(0, -1), 'AAAAAAAAAAAAAAAAAAAAAA'].join('.')]
  for (const each of made)
    assert.equal(codeOf(await world.browser().tries(secondStep, { ticket: each, totp: app.code() })), 'LinkSpent')
  world.wait(10 * MINUTE + 1000)

  assert.equal(codeOf(await world.browser().tries(secondStep, { ticket, totp: app.code() })), 'LinkSpent')
})

test('a new password voids the tickets of before', async () => {
  const { username, app, home } = await guarded()
  const ticket = await world.halfWay(username)

  const { stepUp: token } = await home.ask(stepUp, { totp: app.code() })
  await home.ask(changePassword, { stepUp: token, current: PASSWORD, password: 'eight green herons fly' })
  world.wait(MINUTE)

  assert.equal(codeOf(await world.browser().tries(secondStep, { ticket, totp: app.code() })), 'LinkSpent')
})

test('a browser that is trusted is spared the second step for thirty days, and no other is', async () => {
  const { username, app } = await guarded()
  const there = world.browser()
  const ticket = await world.halfWay(username, there)
  await there.ask(secondStep, { ticket, totp: app.code(), trust: true })
  await there.ask(signOut, {})
  const comes = async (at = there) => {
    const { person } = await at.ask(signIn, { username, password: PASSWORD })
    await at.tries(signOut, {})
    return person !== null
  }

  const [soon, elsewhere] = [await comes(), await comes(world.browser())]
  world.wait(29 * DAY)
  const late = await comes()
  world.wait(DAY + MINUTE)
  const over = await comes()

  assert.deepEqual([soon, elsewhere, late, over], [true, false, true, false])
})

test('trust is of one account: another person’s second step is asked for in the same browser', async () => {
  const [one, other] = [await guarded(), await guarded()]
  const there = world.browser()
  const ticket = await world.halfWay(one.username, there)
  await there.ask(secondStep, { ticket, totp: one.app.code(), trust: true })

  const { person, second } = await there.ask(signIn, { username: other.username, password: PASSWORD })

  assert.equal(person, null)
  assert.ok(second)
})

test('trust ends with the password, on every browser', async () => {
  const { username, app, home } = await guarded()
  const there = world.browser()
  await there.ask(secondStep, { ticket: await world.halfWay(username, there), totp: app.code(), trust: true })
  await there.ask(signOut, {})
  world.wait(MINUTE)
  const ticket = await world.halfWay(username, home)
  await home.ask(secondStep, { ticket, totp: app.code(), trust: true })
  world.wait(MINUTE)

  const { stepUp: token } = await home.ask(stepUp, { totp: app.code() })
  const password = 'eight green herons fly'
  await home.ask(changePassword, { stepUp: token, current: PASSWORD, password })
  await home.ask(signOut, {})
  const answers = [await there.ask(signIn, { username, password }), await home.ask(signIn, { username, password })]

  for (const { person, second } of answers) {
    assert.equal(person, null)
    assert.deepEqual(second?.offers, ['totp', 'recovery'])
  }
})

test('without trust the next sign-in asks again, on the same browser', async () => {
  const { username, app } = await guarded()
  const there = world.browser()
  await there.ask(secondStep, { ticket: await world.halfWay(username, there), totp: app.code() })
  await there.ask(signOut, {})

  assert.ok(await world.halfWay(username, there))
})

test('guesses at codes are counted for the account, from however many browsers, and forgotten after a right one', async () => {
  const { username, app } = await guarded()
  const ticket = await world.halfWay(username)
  const wrong = app.code() === '000000' ? '000001' : '000000'
  const guess = async (totp: string) => codeOf(await world.browser().tries(secondStep, { ticket, totp }))

  const first = [await guess(wrong), await guess(wrong), await guess(app.code())]
  const many = await Promise.all(Array.from({ length: 20 }, () => guess(wrong)))
  world.wait(30_000)

  assert.deepEqual(first, ['WrongProof', 'WrongProof', 'ok'])
  assert.equal(many.filter((code) => code === 'WrongProof').length, 5)
  assert.equal(many.filter((code) => code === 'TooManyRequests').length, 15)
  assert.equal(await guess(app.code()), 'TooManyRequests')
})

test('signing in by the second step gives a session a token of its own, and ends the one before', async () => {
  const { username, app, home } = await guarded()
  const before = home.token()
  const ticket = await world.halfWay(username, home)
  const meanwhile = home.token()
  await home.ask(secondStep, { ticket, totp: app.code() })

  assert.equal(meanwhile, before, 'half way changes nothing')
  assert.notEqual(home.token(), before)
  const old = await world.server.again((await home.ask(whoAmI, {})).userId, before).tries(whoAmI, {})
  assert.equal(codeOf(old), 'SignedOut')
})

test('who signs in by the password alone, while the account gets a second step, is asked for it', async () => {
  const { username, me } = await world.owner()
  const there = world.browser()
  onceLookedUp(world.server.app.store, username, () => world.addApp(me))

  const { person, second } = await there.ask(signIn, { username, password: PASSWORD })

  assert.equal(person, null)
  assert.deepEqual(second?.offers, ['totp', 'recovery'])
  assert.equal(there.token(), '')
})
