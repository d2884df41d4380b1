import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import {
  beginTotp,
  confirmTotp,
  myFactors,
  ownAccount,
  removeTotp,
  secondStep,
  stepUp,
  type UserId,
} from '@connectly/protocol'
import { patch } from '../../store/store.ts'
import { codeAt } from './authenticator-kit.ts'
import { totpTable } from './factors.tables.ts'
import { codeOf, createFactorsWorld, MINUTE, type FactorsWorld } from './factors-kit.ts'
import { stepOf } from './totp.ts'

let world: FactorsWorld
before(async () => {
  world = await createFactorsWorld()
})
after(() => world.server.stop())

/* RFC 6238, appendix B, its key in base32: the last six of its eight digits. */
const RFC_KEY = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
const vectors = [
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_111_111_111, '050471'],
  [1_234_567_890, '005924'],
  [2_000_000_000, '279037'],
  [20_000_000_000, '353130'],
] as const

test('codes are those of RFC 6238, and the kit of these tests knows them too', () => {
  for (const [seconds, code] of vectors) {
    assert.equal(stepOf(RFC_KEY, code, seconds * 1000), Math.floor(seconds / 30), code)
    assert.equal(codeAt(RFC_KEY, seconds * 1000), code)
  }
})

test('a code counts thirty seconds to both sides of its own, and no further', () => {
  const at = 1_234_567_890_000
  const code = codeAt(RFC_KEY, at)
  const step = Math.floor(at / 30_000)

  const found = [-60, -30, 0, 29, 30, 59, 60].map((seconds) => stepOf(RFC_KEY, code, step * 30_000 + seconds * 1000))

  assert.deepEqual(found, [null, step, step, step, step, step, null])
})

test('an app is set up by a key and its address, and counts once a code of it came back', async () => {
  const { me, username } = await world.owner()
  const token = await world.server.stepUp(me)

  const begun = await me.ask(beginTotp, { stepUp: token })
  const nothingYet = await me.ask(myFactors, {})
  const confirmed = await me.ask(confirmTotp, {
    stepUp: token,
    ticket: begun.ticket,
    code: codeAt(begun.key, world.now()),
  })

  assert.match(begun.key, /^[A-Z2-7]{32}$/)
  const uri = new URL(begun.uri)
  assert.equal(`${uri.protocol}//${uri.host}`, 'otpauth://totp')
  assert.equal(decodeURIComponent(uri.pathname), `/127.0.0.1:${username}`)
  assert.equal(uri.searchParams.get('secret'), begun.key)
  assert.equal(uri.searchParams.get('issuer'), '127.0.0.1')
  assert.deepEqual(nothingYet, { totpSince: null, recoveryLeft: 0, passkeys: [] })
  assert.ok(confirmed.factors.totpSince)
  assert.equal(confirmed.factors.recoveryLeft, 10)
  assert.equal((await me.ask(ownAccount, {})).hasSecondStep, true)
  assert.deepEqual((await world.userOf(me.userId)).secondSteps, ['totp', 'recovery'])
})

test('the key stands nowhere in the store but sealed, for this person alone', async () => {
  const [one, other] = [await world.owner(), await world.owner()]
  const app = await world.addApp(one.me)
  await world.addApp(other.me)
  const mine = await rowOf(one.userId)

  assert.ok(!JSON.stringify(mine).includes(app.key))
  for (const file of readdirSync(world.server.dataDir, { recursive: true, withFileTypes: true }))
    if (file.isFile()) assert.ok(!readFileSync(join(file.parentPath, file.name)).includes(app.key), file.name)
  await world.commit([patch(totpTable, { userId: other.userId }, { set: { secret: mine.secret, lastStep: 0 } })])
  world.wait(MINUTE)
  assert.equal(codeOf(await other.me.tries(stepUp, { totp: app.code() })), 'WrongProof', 'moved to another row')
  assert.equal(codeOf(await one.me.tries(stepUp, { totp: app.code() })), 'ok')
})

test('a ticket is of one person, for ten minutes and once; a wrong code turns nothing on', async () => {
  const [one, other] = [await world.owner(), await world.owner()]
  const [mine, theirs] = [await world.server.stepUp(one.me), await world.server.stepUp(other.me)]
  const { ticket, key } = await one.me.ask(beginTotp, { stepUp: mine })
  const code = () => codeAt(key, world.now())
  const wrong = code() === '000000' ? '000001' : '000000'

  const ofAnother = await other.me.tries(confirmTotp, { stepUp: theirs, ticket, code: code() })
  const wrongCode = await one.me.tries(confirmTotp, { stepUp: mine, ticket, code: wrong })
  const off = await one.me.ask(myFactors, {})
  const first = await one.me.tries(confirmTotp, { stepUp: mine, ticket, code: code() })
  world.wait(MINUTE)
  const again = await one.me.tries(confirmTotp, { stepUp: mine, ticket, code: code() })
  const later = await one.me.ask(beginTotp, { stepUp: mine })
  world.wait(10 * MINUTE)
  const tooLate = await one.me.tries(confirmTotp, {
    stepUp: await world.server.stepUp(one.me),
    ticket: later.ticket,
    code: codeAt(later.key, world.now()),
  })

  assert.equal(off.totpSince, null)
  assert.deepEqual([ofAnother, wrongCode, first, again, tooLate].map(codeOf), [
    'LinkSpent',
    'WrongProof',
    'ok',
    'LinkSpent',
    'LinkSpent',
  ])
})

test('a code works once: neither it nor an older one again, for whatever it is shown', async () => {
  const { me, username } = await world.owner()
  const app = await world.addApp(me)
  const confirming = await me.tries(stepUp, { totp: app.code() })
  const before = app.code(-1)
  world.wait(MINUTE)

  const first = await me.tries(stepUp, { totp: app.code() })
  const again = await me.tries(stepUp, { totp: app.code() })
  const older = await me.tries(stepUp, { totp: app.code(-1) })
  const atSignIn = await secondStepBy(username, app.code())
  world.wait(30_000)
  const next = await secondStepBy(username, app.code())
  const nextAgain = await me.tries(stepUp, { totp: app.code() })

  assert.deepEqual([confirming, first, again, older].map(codeOf), ['WrongProof', 'ok', 'WrongProof', 'WrongProof'])
  assert.deepEqual([atSignIn, next, nextAgain].map(codeOf), ['WrongProof', 'ok', 'WrongProof'])
  assert.equal(codeOf(await me.tries(stepUp, { totp: before })), 'WrongProof')
})

test('a code that was used counts as a guess', async () => {
  const { me } = await world.owner()
  const app = await world.addApp(me)
  world.wait(MINUTE)
  await me.ask(stepUp, { totp: app.code() })

  const again = []
  for (let nth = 0; nth < 6; nth++) again.push(codeOf(await me.tries(stepUp, { totp: app.code() })))

  assert.deepEqual(again, [...Array.from({ length: 5 }, () => 'WrongProof'), 'TooManyRequests'])
})

test('of a code that is shown many times at once, one is right', async () => {
  const { me, username } = await world.owner()
  const app = await world.addApp(me)
  world.wait(MINUTE)
  const tickets = [await world.halfWay(username), await world.halfWay(username)]
  const totp = app.code()

  const answers = await Promise.all([
    me.tries(stepUp, { totp }),
    me.tries(stepUp, { totp }),
    ...tickets.map((ticket) => world.browser().tries(secondStep, { ticket, totp })),
  ])

  assert.deepEqual(answers.map(codeOf).toSorted(), ['WrongProof', 'WrongProof', 'WrongProof', 'ok'])
})

test('another app takes the place of the first, whose codes open nothing from then on; the recovery codes stay', async () => {
  const { me } = await world.owner()
  const first = await world.addApp(me)
  const second = await world.addApp(me)
  world.wait(MINUTE)

  const old = await me.tries(stepUp, { totp: first.code() })
  const own = await me.tries(stepUp, { totp: second.code() })

  assert.deepEqual([old, own].map(codeOf), ['WrongProof', 'ok'])
  assert.deepEqual([first.recoveryCodes.length, second.recoveryCodes.length], [10, 0])
  assert.equal((await me.ask(myFactors, {})).recoveryLeft, 10)
})

test('without the app there is no second step, and no recovery code, until there is one again', async () => {
  const { me } = await world.owner()
  await world.addApp(me)
  const token = await world.server.stepUp(me)

  const off = await me.ask(removeTotp, { stepUp: token })
  const twice = await me.ask(removeTotp, { stepUp: token })
  const steps = (await world.userOf(me.userId)).secondSteps
  const anew = await world.addApp(me)

  for (const each of [off, twice]) assert.deepEqual(each, { totpSince: null, recoveryLeft: 0, passkeys: [] })
  assert.equal(steps, null)
  assert.equal(anew.recoveryCodes.length, 10)
})

test('an app is confirmed twice at once, and taken away at once: what sign-in asks for is what there is', async () => {
  for (let turn = 0; turn < 5; turn++) {
    const { me, userId } = await world.owner()
    await world.addApp(me)
    const token = await world.server.stepUp(me)
    const { ticket, key } = await me.ask(beginTotp, { stepUp: token })

    await Promise.all([
      me.tries(removeTotp, { stepUp: token }),
      me.tries(confirmTotp, { stepUp: token, ticket, code: codeAt(key, world.now()) }),
    ])

    const { totpSince, recoveryLeft } = await me.ask(myFactors, {})
    const { secondSteps } = await world.userOf(userId)
    assert.deepEqual(secondSteps, totpSince === null ? null : ['totp', 'recovery'])
    assert.equal(recoveryLeft, totpSince === null ? 0 : 10)
  }
})

const secondStepBy = async (username: string, totp: string) =>
  world.browser().tries(secondStep, { ticket: await world.halfWay(username), totp })

const rowOf = async (userId: UserId) =>
  (await world.server.app.store.get(totpTable, { userId })) ?? assert.fail('no app is kept')
