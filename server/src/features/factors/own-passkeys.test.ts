import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  addPasskey,
  beginPasskey,
  myFactors,
  removePasskey,
  renamePasskey,
  signInByPasskey,
  type PasskeyId,
} from '@connectly/protocol'
import { readTogether } from '../../race-kit.ts'
import { insert } from '../../store/store.ts'
import { newId, startServer } from '../../test-kit.ts'
import { createAuthenticator } from './authenticator-kit.ts'
import { codeOf, createFactorsWorld, valueOf, type FactorsWorld } from './factors-kit.ts'
import { passkeyTable } from './factors.tables.ts'
import { identityTable } from './identities.tables.ts'

let world: FactorsWorld
before(async () => {
  world = await createFactorsWorld()
})
after(() => world.server.stop())

test('a new passkey is refused that was made elsewhere, for elsewhere, unseen, or is known', async () => {
  const [one, other] = [await world.owner(), await world.owner()]
  const known = await world.addKey(other.me)
  const add = async (twist: Parameters<typeof known.make>[1], device = createAuthenticator(world.origin)) => {
    const token = await world.server.stepUp(one.me)
    const passkey = device.make(await one.me.ask(beginPasskey, { stepUp: token }), twist)
    return codeOf(await one.me.tries(addPasskey, { stepUp: token, name: 'new', passkey }))
  }

  const wrong = ['origin', 'rpId', 'challenge', 'type'] as const
  for (const what of wrong) assert.equal(await add({ [what]: 'elsewhere' }), 'PasskeyUnusable', what)
  assert.equal(await add({ isVerified: false }), 'PasskeyUnusable')
  assert.equal(await add({}, known), 'PasskeyUnusable', 'it is of another account')
  assert.deepEqual(await one.me.ask(myFactors, {}), { totpSince: null, recoveryLeft: 0, passkeys: [] })
  assert.equal(await add({}), 'ok')
})

test('the answer about a new passkey is good once, and what cannot be read is refused', async () => {
  const { me } = await world.owner()
  const token = await world.server.stepUp(me)
  const dialog = await me.ask(beginPasskey, { stepUp: token })
  const passkey = createAuthenticator(world.origin).make(dialog)
  const add = async (given: typeof passkey) =>
    codeOf(await me.tries(addPasskey, { stepUp: token, name: 'new', passkey: given }))
  const deep = Buffer.alloc(11_000, 0x81).toString('base64url')

  assert.equal(await add({ ...passkey, attestation: '' }), 'PasskeyUnusable')
  assert.equal(await add({ ...passkey, attestation: 'AAAA' }), 'PasskeyUnusable')
  assert.equal(await add({ ...passkey, attestation: deep }), 'PasskeyUnusable')
  assert.equal(await add({ ...passkey, clientData: 'e30' }), 'PasskeyUnusable')
  assert.equal(await add({ ...passkey, credential: 'AAAA' }), 'PasskeyUnusable')
  const atOnce = (await Promise.all([add(passkey), add(passkey)])).toSorted()
  assert.equal(atOnce[1], 'ok')
  assert.match(atOnce[0] ?? '', /^(LinkSpent|PasskeyUnusable)$/)
  assert.equal(await add(passkey), 'LinkSpent')
})

test('a passkey that says by a certificate who made it is refused: nobody asked, and to check it one asks its maker', async () => {
  const { me } = await world.owner()
  const token = await world.server.stepUp(me)
  const passkey = createAuthenticator(world.origin).make(await me.ask(beginPasskey, { stepUp: token }), {
    isVouchedFor: true,
  })

  const answer = await me.tries(addPasskey, { stepUp: token, name: 'new', passkey })

  assert.equal(codeOf(answer), 'PasskeyUnusable')
})

test('passkeys are renamed and removed by their owner alone; those of others look like none', async () => {
  const [one, other] = [await world.owner(), await world.owner()]
  const [mine, theirs] = [await world.addKey(one.me), await world.addKey(other.me)]
  const token = await world.server.stepUp(one.me)
  const missing = newId<PasskeyId>()

  const renamed = await one.me.ask(renamePasskey, { passkeyId: mine.passkeyId, name: '  The blue one ' })
  const foreign = [
    await one.me.tries(renamePasskey, { passkeyId: theirs.passkeyId, name: 'mine now' }),
    await one.me.tries(renamePasskey, { passkeyId: missing, name: 'mine now' }),
    await one.me.tries(removePasskey, { stepUp: token, passkeyId: theirs.passkeyId }),
    await one.me.tries(removePasskey, { stepUp: token, passkeyId: missing }),
  ]
  const removed = await one.me.ask(removePasskey, { stepUp: token, passkeyId: mine.passkeyId })
  const there = world.browser()
  const gone = await there.tries(signInByPasskey, await world.answerAt(mine, there))

  assert.equal(renamed.passkeys[0]?.name, 'The blue one')
  for (const answer of foreign) assert.equal(codeOf(answer), 'NotFound')
  assert.deepEqual(removed, { totpSince: null, recoveryLeft: 0, passkeys: [] })
  assert.equal((await world.userOf(one.userId)).secondSteps, null)
  assert.equal(codeOf(gone), 'WrongProof')
  assert.equal((await other.me.ask(myFactors, {})).passkeys.length, 1)
})

test('there are twenty at most, also when more are made at once', async () => {
  const { me, userId } = await world.owner()
  for (let nth = 0; nth < 18; nth++) await world.addKey(me, { name: `Key ${nth}` })
  const token = await world.server.stepUp(me)
  const dialogs = await Promise.all([1, 2, 3, 4].map(() => me.ask(beginPasskey, { stepUp: token })))

  readTogether(world.server.app.store, passkeyTable.name, dialogs.length)
  const answers = await Promise.all(
    dialogs.map((dialog) =>
      me.tries(addPasskey, { stepUp: token, name: 'More', passkey: createAuthenticator(world.origin).make(dialog) }),
    ),
  )

  const codes = answers.map(codeOf)
  const kept = await world.server.app.store.count(passkeyTable, { userId }, 100)
  assert.equal(codes.filter((code) => code === 'ok').length, kept - 18)
  assert.ok(kept <= 20)
  for (const code of codes) assert.match(code, /^(ok|TooManyPasskeys|Busy)$/)
  for (let nth = kept; nth < 20; nth++) await world.addKey(me)
  assert.equal(codeOf(await me.tries(beginPasskey, { stepUp: token })), 'TooManyPasskeys')
})

test('the last way in is kept: without a password, one passkey stays', async () => {
  const { me, userId } = await world.owner()
  const [one, two] = [await world.addKey(me), await world.addKey(me)]
  await world.edit(userId, { passwordHash: null })
  const token = await world.server.stepUp(me)
  const remove = ({ passkeyId }: { passkeyId: PasskeyId }) => me.tries(removePasskey, { stepUp: token, passkeyId })

  readTogether(world.server.app.store, passkeyTable.name, 2)
  const atOnce = await Promise.all([remove(one), remove(two)])
  const left = valueOf(await me.tries(myFactors, {})).passkeys
  const last = await me.tries(removePasskey, { stepUp: token, passkeyId: left[0]!.passkeyId })

  assert.deepEqual(atOnce.map(codeOf).toSorted(), ['LastWayIn', 'ok'])
  assert.equal(left.length, 1)
  assert.equal(codeOf(last), 'LastWayIn')
  assert.deepEqual((await world.userOf(userId)).secondSteps, ['passkey', 'recovery'])
})

test('another service is a way in too, as long as this server still knows it', async () => {
  const never = () => Promise.reject(new Error('nobody goes there'))
  const google = { provider: 'google', name: 'Google', begin: never, finish: never }
  const given = await startServer({ services: { providers: [google] } })
  const there = await createFactorsWorld(given)
  const linked = async (provider: string) => {
    const { me, userId } = await there.owner()
    const { passkeyId } = await there.addKey(me)
    const link = { provider, subject: newId<string>(), userId, account: 'somebody', linkedAt: there.now() }
    await there.commit([insert(identityTable, link)])
    await there.edit(userId, { passwordHash: null })
    return codeOf(await me.tries(removePasskey, { stepUp: await given.stepUp(me), passkeyId }))
  }

  const codes = [await linked('google'), await linked('one-that-is-gone')]
  await given.stop()

  assert.deepEqual(codes, ['ok', 'LastWayIn'])
})
