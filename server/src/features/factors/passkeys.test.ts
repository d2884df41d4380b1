import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  addPasskey,
  beginPasskey,
  myFactors,
  openPasskeyDialog,
  secondStep,
  signInByPasskey,
  stepUp,
  whoAmI,
} from '@connectly/protocol'
import { createAuthenticator, type Twist } from './authenticator-kit.ts'
import { codeOf, createFactorsWorld, MINUTE, type FactorsWorld } from './factors-kit.ts'

/** What a browser is asked, as far as it matters here. */
type Options = {
  challenge: string
  rp?: { id: string; name: string }
  rpId?: string
  user?: { id: string }
  attestation?: string
  userVerification?: string
  authenticatorSelection?: { userVerification: string; residentKey: string }
  allowCredentials?: { id: string }[]
  excludeCredentials?: { id: string }[]
}

let world: FactorsWorld
before(async () => {
  world = await createFactorsWorld()
})
after(() => world.server.stop())

test('a passkey is made on a device, and signs in alone, with no name asked for', async () => {
  const { me, userId, username } = await world.owner()
  const key = await world.addKey(me, { name: 'My laptop', isSynced: true })
  const there = world.browser()

  const dialog = await there.ask(openPasskeyDialog, {})
  const entered = await there.ask(signInByPasskey, key.answer(dialog))

  assert.deepEqual(entered.second, null)
  assert.equal(entered.person?.username, username)
  assert.equal((await there.ask(whoAmI, {})).userId, userId)
  const { passkeys } = await me.ask(myFactors, {})
  assert.deepEqual(
    passkeys.map(({ name, isSynced, lastUsedAt }) => ({ name, isSynced, isUsed: lastUsedAt !== null })),
    [{ name: 'My laptop', isSynced: true, isUsed: true }],
  )
  assert.equal(key.recoveryCodes.length, 10)
  assert.deepEqual((await world.userOf(userId)).secondSteps, ['passkey', 'recovery'])
})

test('the dialog asks for what is needed: this site, and the person’s own passkeys or whichever there is', async () => {
  const { me, home, username, userId } = await world.owner()
  const key = await world.addKey(me)
  const token = await world.server.stepUp(me)

  const forNew = (await me.ask(beginPasskey, { stepUp: token })).options as Options
  const forSignIn = (await world.browser().ask(openPasskeyDialog, {})).options as Options
  const ticket = await world.halfWay(username)
  const forSecond = (await world.browser().ask(openPasskeyDialog, { ticket })).options as Options
  const forStepUp = (await home.ask(openPasskeyDialog, {})).options as Options

  assert.deepEqual(forNew.rp, { name: 'localhost', id: 'localhost' })
  assert.equal(Buffer.from(forNew.user?.id ?? '', 'base64url').toString(), userId)
  assert.deepEqual(
    forNew.excludeCredentials?.map(({ id }) => id),
    [key.credential],
  )
  assert.deepEqual(forNew.attestation, 'none')
  assert.equal(forNew.authenticatorSelection?.userVerification, 'required')
  assert.equal(forNew.authenticatorSelection?.residentKey, 'required')
  assert.deepEqual([forSignIn.rpId, forSignIn.userVerification], ['localhost', 'required'])
  assert.equal(forSignIn.allowCredentials, undefined)
  for (const own of [forSecond, forStepUp])
    assert.deepEqual(own.allowCredentials, [
      { id: key.credential, type: 'public-key', transports: ['internal', 'hybrid'] },
    ])
  const challenges = [forNew, forSignIn, forSecond, forStepUp].map((each) => each.challenge)
  assert.equal(new Set(challenges).size, 4)
  for (const challenge of challenges) assert.ok(Buffer.from(challenge, 'base64url').length >= 32)
})

test('a passkey is a second step after the password, and a step-up', async () => {
  const { me, home, username } = await world.owner()
  const key = await world.addKey(me)
  const there = world.browser()
  const ticket = await world.halfWay(username, there)

  const entered = await there.ask(secondStep, { ticket, passkey: await world.answerAt(key, there, ticket) })
  const shown = await home.tries(stepUp, { passkey: await world.answerAt(key, home) })

  assert.equal(entered.person?.username, username)
  assert.equal(codeOf(shown), 'ok')
})

test('a dialog’s answer is good for what the dialog was opened for, and for whom', async () => {
  const [one, other] = [await world.owner(), await world.owner()]
  const [key, theirs] = [await world.addKey(one.me), await world.addKey(other.me)]
  const [ticket, ticketOfOther] = [await world.halfWay(one.username), await world.halfWay(other.username)]
  const there = world.browser()

  const answers = {
    signInForSecond: await there.tries(secondStep, { ticket, passkey: await world.answerAt(key, there) }),
    secondForSignIn: await there.tries(signInByPasskey, await world.answerAt(key, there, ticket)),
    stepUpForSignIn: await there.tries(signInByPasskey, await world.answerAt(key, one.home)),
    signInForStepUp: await one.home.tries(stepUp, { passkey: await world.answerAt(key, there) }),
    ticketOfOther: await there.tries(secondStep, {
      ticket,
      passkey: await world.answerAt(theirs, there, ticketOfOther),
    }),
    keyOfOther: await there.tries(secondStep, { ticket, passkey: await world.answerAt(theirs, there, ticket) }),
    keyOfOtherToStepUp: await one.home.tries(stepUp, { passkey: await world.answerAt(theirs, one.home) }),
    stepUpOfOther: await one.home.tries(stepUp, { passkey: await world.answerAt(theirs, other.home) }),
    newForOther: await other.me.tries(addPasskey, {
      stepUp: await world.server.stepUp(other.me),
      name: 'stolen',
      passkey: createAuthenticator(world.origin).make(
        await one.me.ask(beginPasskey, { stepUp: await world.server.stepUp(one.me) }),
      ),
    }),
    newForSignIn: await there.tries(signInByPasskey, {
      ...key.answer(await one.me.ask(beginPasskey, { stepUp: await world.server.stepUp(one.me) })),
    }),
    noTicket: await there.tries(signInByPasskey, { ...(await world.answerAt(key, there)), ticket: '' }),
    right: await there.tries(secondStep, { ticket, passkey: await world.answerAt(key, there, ticket) }),
  }

  assert.deepEqual(Object.fromEntries(Object.entries(answers).map(([what, answer]) => [what, codeOf(answer)])), {
    signInForSecond: 'WrongProof',
    secondForSignIn: 'LinkSpent',
    stepUpForSignIn: 'LinkSpent',
    signInForStepUp: 'WrongProof',
    ticketOfOther: 'WrongProof',
    keyOfOther: 'WrongProof',
    keyOfOtherToStepUp: 'WrongProof',
    stepUpOfOther: 'WrongProof',
    newForOther: 'LinkSpent',
    newForSignIn: 'LinkSpent',
    noTicket: 'LinkSpent',
    right: 'ok',
  })
})

const twists: Record<string, Twist> = {
  'from a page elsewhere': { origin: 'https://connectly.example' },
  'from a page that looks like ours': { origin: 'http://localhost.example' },
  'for another site': { rpId: 'connectly.example' },
  'to another challenge': { challenge: Buffer.alloc(32, 7).toString('base64url') },
  'to no challenge': { challenge: '' },
  'for another person': { user: '01999999-9999-7999-8999-999999999999' },
  'for nobody': { user: null },
  'without looking who it is': { isVerified: false },
  'that counts backwards': { counter: 0 },
  'that counts what it counted before': { counter: 1 },
  'of another kind': { type: 'webauthn.create' },
}
for (const [how, twist] of Object.entries(twists))
  test(`an answer ${how} does not sign in`, async () => {
    const { me } = await world.owner()
    const key = await world.addKey(me)
    const there = world.browser()

    const answer = await there.tries(signInByPasskey, await world.answerAt(key, there, undefined, twist))
    const right = await there.tries(signInByPasskey, await world.answerAt(key, there))

    assert.deepEqual([answer, right].map(codeOf), ['WrongProof', 'ok'])
  })

test('as a second step it need not look who it is; everything else is checked the same', async () => {
  const { me, username } = await world.owner()
  const key = await world.addKey(me)
  const there = world.browser()
  const by = async (twist: Twist) => {
    const ticket = await world.halfWay(username)
    return codeOf(await there.tries(secondStep, { ticket, passkey: await world.answerAt(key, there, ticket, twist) }))
  }

  const { 'without looking who it is': unverified, 'for nobody': nameless, ...wrong } = twists
  for (const [how, twist] of Object.entries(wrong)) assert.equal(await by(twist), 'WrongProof', how)
  assert.deepEqual([await by(unverified ?? {}), await by(nameless ?? {})], ['ok', 'ok'])
})

test('a signature by another key, or of other data, does not sign in, nor does a passkey nobody has', async () => {
  const { me } = await world.owner()
  const key = await world.addKey(me)
  const there = world.browser()
  const stranger = createAuthenticator(world.origin)
  const right = await world.answerAt(key, there)
  const flipped = Buffer.from(right.signature, 'base64url')
  flipped[flipped.length - 1]! ^= 1

  const answers = [
    await there.tries(signInByPasskey, { ...right, signature: flipped.toString('base64url') }),
    await there.tries(signInByPasskey, { ...right, signature: '' }),
    await there.tries(signInByPasskey, { ...right, authenticatorData: `${right.authenticatorData}AA` }),
    await there.tries(signInByPasskey, { ...right, clientData: 'AAAA' }),
    await there.tries(signInByPasskey, { ...right, credential: stranger.credential }),
    await there.tries(signInByPasskey, { ...(await world.answerAt(stranger, there)), credential: key.credential }),
    await there.tries(signInByPasskey, right),
  ]

  const wrong = Array.from({ length: 6 }, () => 'WrongProof')
  assert.deepEqual(answers.map(codeOf), [...wrong, 'ok'])
})

test('an answer is good once, also when it comes many times at once, and its dialog for ten minutes', async () => {
  const { me } = await world.owner()
  // It does not count, so that nothing but the challenge tells the second time from the first.
  const key = await world.addKey(me, { counts: false })
  const there = world.browser()
  const answer = await world.answerAt(key, there)

  const atOnce = await Promise.all([1, 2, 3].map(() => world.browser().tries(signInByPasskey, answer)))
  const again = await world.browser().tries(signInByPasskey, answer)
  const other = await world.answerAt(key, world.browser())
  world.wait(11 * MINUTE)
  const late = await world.browser().tries(signInByPasskey, other)

  assert.deepEqual(atOnce.map(codeOf).toSorted(), ['LinkSpent', 'LinkSpent', 'ok'])
  assert.deepEqual([again, late].map(codeOf), ['LinkSpent', 'LinkSpent'])
})

test('a step-up by a passkey is of the session whose dialog it was', async () => {
  const { me, home, userId } = await world.owner()
  const key = await world.addKey(me)
  const answer = await world.answerAt(key, home)
  const elsewhere = await world.again(userId)

  const there = await elsewhere.tries(stepUp, { passkey: answer })
  const here = await home.tries(stepUp, { passkey: answer })

  assert.deepEqual([there, here].map(codeOf), ['WrongProof', 'ok'])
})

test('while others guess at codes, the owner’s passkey still opens the door', async () => {
  const { me, username } = await world.owner()
  const app = await world.addApp(me)
  const key = await world.addKey(me)
  world.wait(MINUTE)
  const ticket = await world.halfWay(username)
  const wrong = app.code() === '000000' ? '000001' : '000000'
  for (let nth = 0; nth < 5; nth++) await world.browser().tries(secondStep, { ticket, totp: wrong })
  const there = world.browser()

  const byCode = await there.tries(secondStep, { ticket, totp: app.code() })
  const byKey = await there.tries(secondStep, { ticket, passkey: await world.answerAt(key, there, ticket) })

  assert.deepEqual([byCode, byKey].map(codeOf), ['TooManyRequests', 'ok'])
})
