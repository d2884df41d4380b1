import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  beginTotp,
  listAdministrators,
  newRecoveryCodes,
  secondStep,
  signIn,
  signOut,
  stepUp,
  unmakeAdministrator,
  type InputOf,
} from '@connectly/protocol'
import { auditTable } from '../../kernel/tables.ts'
import { newId, type TestPerson } from '../../test-kit.ts'
import { codeOf, createFactorsWorld, MINUTE, PASSWORD, valueOf, type FactorsWorld } from './factors-kit.ts'

let world: FactorsWorld
before(async () => {
  world = await createFactorsWorld()
})
after(() => world.server.stop())

const tries = async (person: TestPerson, proof: InputOf<typeof stepUp>) => codeOf(await person.tries(stepUp, proof))
/** Whether a step-up opens what asks for any. */
const opens = async (person: TestPerson, token: string) => codeOf(await person.tries(beginTotp, { stepUp: token }))

test('who has a password and nothing else shows it by the password, and by nothing else', async () => {
  const { me } = await world.owner()

  const codes = [
    await tries(me, {}),
    await tries(me, { totp: '123456' }),
    await tries(me, { password: 'another one entirely' }),
  ]
  const { stepUp: token, until } = await me.ask(stepUp, { password: PASSWORD })

  assert.deepEqual(codes, ['WrongProof', 'WrongProof', 'WrongProof'])
  assert.equal(await opens(me, token), 'ok')
  assert.ok(until - world.now() <= 15 * MINUTE && until - world.now() > 14 * MINUTE)
})

test('who has a second factor shows it by that; the password is no longer enough', async () => {
  const { me, home } = await world.owner()
  const app = await world.addApp(me)
  const key = await world.addKey(me)
  world.wait(MINUTE)

  const byPassword = await tries(me, { password: PASSWORD })
  const byBoth = await tries(me, { password: PASSWORD, totp: app.code() })
  const byCode = await tries(me, { recovery: app.recoveryCodes[0]! })
  const byKey = await home.tries(stepUp, { passkey: await world.answerAt(key, home) })

  assert.deepEqual([byPassword, byBoth, byCode, codeOf(byKey)], ['WrongProof', 'ok', 'ok', 'ok'])
  assert.equal(await opens(me, valueOf(byKey).stepUp), 'ok')
})

test('who has neither has shown it by signing in, for ten minutes', async () => {
  const me = await world.server.person(`bare-${newId().slice(-12)}`)

  const early = await me.tries(stepUp, {})
  assert.equal(await opens(me, valueOf(early).stepUp), 'ok')
  world.wait(11 * MINUTE)
  const late = await me.tries(stepUp, {})

  assert.deepEqual([early, late].map(codeOf), ['ok', 'WrongProof'])
})

test('[S0-17] a step-up ends after fifteen minutes by the clock', async () => {
  const { me } = await world.owner()
  const { stepUp: token } = await me.ask(stepUp, { password: PASSWORD })

  world.wait(14 * MINUTE)
  const inTime = await opens(me, token)
  world.wait(MINUTE)
  const late = await opens(me, token)

  assert.deepEqual([inTime, late], ['ok', 'StepUpNeeded'])
})

test('[S0-17] a step-up is of one session: of no other, of no other person, and of none that has ended', async () => {
  const [one, other] = [await world.owner(), await world.owner()]
  const elsewhere = world.browser()
  await elsewhere.ask(signIn, { username: one.username, password: PASSWORD })
  const { stepUp: token } = await one.me.ask(stepUp, { password: PASSWORD })

  const ofOther = await opens(other.me, token)
  const ofAnotherSession = codeOf(await elsewhere.tries(beginTotp, { stepUp: token }))
  const own = await opens(one.me, token)
  await one.me.ask(signOut, {})
  const ended = await opens(one.me, token)

  assert.deepEqual([ofOther, ofAnotherSession, own, ended], ['StepUpNeeded', 'StepUpNeeded', 'ok', 'SignedOut'])
})

test('a step-up that was changed, made up, or made for something else opens nothing', async () => {
  const { me } = await world.owner()
  const { stepUp: token } = await me.ask(stepUp, { password: PASSWORD })
  const [header = '', claims = '', signature = ''] = token.split('.')
  const stronger = Buffer.from(claims, 'base64url').toString().replace('"password"', '"totp"')
  const { seals } = world.server.app.services
  const ofAnotherPurpose = await seals.sign('download', { sub: me.userId, session: '', by: 'totp' }, MINUTE)
  const none = Buffer.from('{"alg":"none"}').toString('base64url')
  const made = [
    `${header}.${Buffer.from(stronger).toString('base64url')}.${signature}`,
    `${header}.${claims}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`,
    `${none}.${claims}.`,
    ofAnotherPurpose,
    '',
    'a.b.c',
  ]

  for (const each of made) assert.equal(await opens(me, each), 'StepUpNeeded', each)
  assert.equal(await opens(me, token), 'ok')
})

test('[S0-17] [S0-18] who runs the server shows a second factor: by a password the door stays shut', async () => {
  const { me, userId, home } = await world.owner()
  const app = await world.addApp(me)
  await world.edit(userId, { isAdmin: true })
  const admin = await world.again(userId)
  world.wait(MINUTE)

  const { stepUp: token } = await admin.ask(stepUp, { totp: app.code() })
  const answers = [
    await admin.tries(listAdministrators, { stepUp: token }),
    await admin.tries(listAdministrators, { stepUp: await world.server.stepUp(admin, 'password') }),
    await admin.tries(listAdministrators, { stepUp: await world.server.stepUp(admin, 'recent') }),
    await admin.tries(listAdministrators, { stepUp: '' }),
    await home.tries(listAdministrators, { stepUp: token }),
  ]
  world.wait(15 * MINUTE)

  assert.deepEqual(answers.map(codeOf), ['ok', 'StepUpNeeded', 'StepUpNeeded', 'StepUpNeeded', 'NotAllowed'])
  const needed = answers[1]!
  assert.ok(!needed.ok && needed.refusal.params?.['by'] === 'second factor')
  assert.equal(codeOf(await admin.tries(listAdministrators, { stepUp: token })), 'StepUpNeeded')
})

test('[S0-17] a step-up of an administrator ends with the role', async () => {
  const [boss, deputy] = [await somebodyWhoRuns(), await somebodyWhoRuns()]
  const token = await world.server.stepUp(deputy)
  const before = await deputy.tries(listAdministrators, { stepUp: token })
  const seat = await deputy.connect()

  await boss.ask(unmakeAdministrator, { stepUp: await world.server.stepUp(boss), userId: deputy.userId })
  await seat.until(() => !seat.isOpen(), 'the socket falls')
  const after = await deputy.tries(listAdministrators, { stepUp: token })
  const back = await world.again(deputy.userId)
  const anew = await back.tries(listAdministrators, { stepUp: await world.server.stepUp(back) })

  assert.deepEqual([before, after, anew].map(codeOf), ['ok', 'SignedOut', 'NotAllowed'])
})

test('guesses are counted before they are looked at, apart from those at the door', async () => {
  const { me, username } = await world.owner()
  const app = await world.addApp(me)
  world.wait(MINUTE)
  const ticket = await world.halfWay(username)
  const wrong = app.code() === '000000' ? '000001' : '000000'

  for (let nth = 0; nth < 5; nth++) await world.browser().tries(secondStep, { ticket, totp: wrong })
  const atTheDoor = await world.browser().tries(secondStep, { ticket, totp: app.code() })
  const inside = await me.tries(stepUp, { totp: app.code() })
  const many = await Promise.all(Array.from({ length: 12 }, () => me.tries(stepUp, { totp: wrong })))
  world.wait(30_000)
  const right = await me.tries(stepUp, { totp: app.code() })

  assert.equal(codeOf(atTheDoor), 'TooManyRequests')
  assert.equal(codeOf(inside), 'ok', 'whoever guesses at the door does not keep the owner from it inside')
  const codes = many.map(codeOf)
  assert.equal(codes.filter((code) => code === 'WrongProof').length, 5)
  assert.equal(codes.filter((code) => code === 'TooManyRequests').length, 7)
  assert.equal(codeOf(right), 'TooManyRequests')
})

test('every step-up stands in the record, by what and not with what', async () => {
  const { me, userId } = await world.owner()
  await me.ask(stepUp, { password: PASSWORD })

  const rows = await world.server.app.store.find(auditTable, { where: { subject: userId }, limit: 100 })

  const found = rows.filter(({ act }) => act === 'factors.stepUp')
  assert.deepEqual(
    found.map(({ actor, details }) => ({ actor, details })),
    [{ actor: userId, details: { by: 'password' } }],
  )
  assert.ok(!JSON.stringify(rows).includes(PASSWORD))
})

test('what a step-up opens, it opens on a socket too', async () => {
  const { me } = await world.owner()
  await world.addApp(me)
  const seat = await me.connect()

  const answer = await seat.ask(newRecoveryCodes, { stepUp: await world.server.stepUp(me) })

  assert.equal(answer.recoveryCodes.length, 10)
  assert.ok(seat.isOpen())
})

const somebodyWhoRuns = () => world.server.administrator(`runs-${newId().slice(-12)}`)
