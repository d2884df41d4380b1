import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { myFactors, newRecoveryCodes, secondStep, stepUp } from '@connectly/protocol'
import { readTogether } from '../../race-kit.ts'
import { codeOf, createFactorsWorld, MINUTE, type FactorsWorld } from './factors-kit.ts'
import { recoveryTable } from './factors.tables.ts'

let world: FactorsWorld
before(async () => {
  world = await createFactorsWorld()
})
after(() => world.server.stop())

test('ten codes of sixty bits come with the first second factor, are shown once, and are kept as hashes', async () => {
  const { me, userId } = await world.owner()

  const { recoveryCodes } = await world.addApp(me)
  const rows = await world.server.app.store.find(recoveryTable, { where: { userId }, limit: 100 })

  assert.equal(new Set(recoveryCodes).size, 10)
  for (const code of recoveryCodes)
    assert.match(code, /^[0-9a-hjkmnp-tv-z]{4}-[0-9a-hjkmnp-tv-z]{4}-[0-9a-hjkmnp-tv-z]{4}$/)
  assert.equal(rows.length, 10)
  const kept = JSON.stringify(rows)
  for (const code of recoveryCodes) assert.ok(!kept.includes(code) && !kept.includes(code.replaceAll('-', '')))
  assert.equal((await world.addKey(me)).recoveryCodes.length, 0, 'the second factor brings no others')
})

test('a code signs in once, however it is typed, and a mail says how many are left', async () => {
  const { me, username, userId } = await world.owner()
  const to = `${username}@example.org`
  const { recoveryCodes } = await world.addApp(me)
  await world.edit(userId, { email: to, emailKey: to })
  const by = async (recovery: string) =>
    world.browser().tries(secondStep, { ticket: await world.halfWay(username), recovery })
  const [first = '', second = ''] = recoveryCodes
  const typed = ` ${second.toUpperCase().replaceAll('-', ' ').replaceAll('0', 'O').replaceAll('1', 'l')} `

  const answers = [await by(first), await by(first), await by(typed), await by('not-a-code'), await by('')]

  assert.deepEqual(answers.map(codeOf), ['ok', 'WrongProof', 'ok', 'WrongProof', 'WrongProof'])
  assert.equal((await me.ask(myFactors, {})).recoveryLeft, 8)
  const mails = await world.mailsTo(to, /^recoveryUsed$/, 2)
  const left = mails.map(({ text }) => Number(/(\d+)\s+are\s+left/.exec(text)?.[1]))
  assert.deepEqual(new Set(left), new Set([8, 9]))
  for (const { text } of mails) assert.match(text, /Firefox on Linux/)
})

test('of a code that is used many times at once, one is right', async () => {
  const { me, username } = await world.owner()
  const { recoveryCodes } = await world.addApp(me)
  const [recovery = ''] = recoveryCodes
  const tickets = [await world.halfWay(username), await world.halfWay(username)]

  const answers = await Promise.all([
    me.tries(stepUp, { recovery }),
    ...tickets.map((ticket) => world.browser().tries(secondStep, { ticket, recovery })),
  ])

  assert.deepEqual(answers.map(codeOf).toSorted(), ['WrongProof', 'WrongProof', 'ok'])
  assert.equal((await me.ask(myFactors, {})).recoveryLeft, 9)
})

test('the last two, used at once, leave none, and sign-in no longer offers them', async () => {
  const { me, userId } = await world.owner()
  const { recoveryCodes } = await world.addApp(me)
  for (const recovery of recoveryCodes.slice(2)) await me.ask(stepUp, { recovery })
  const offered = (await world.userOf(userId)).secondSteps

  readTogether(world.server.app.store, recoveryTable.name, 2)
  const answers = await Promise.all(recoveryCodes.slice(0, 2).map((recovery) => me.tries(stepUp, { recovery })))

  assert.deepEqual(offered, ['totp', 'recovery'])
  assert.deepEqual(answers.map(codeOf), ['ok', 'ok'])
  assert.deepEqual((await world.userOf(userId)).secondSteps, ['totp'])
  assert.equal((await me.ask(myFactors, {})).recoveryLeft, 0)
  assert.equal(
    (await world.addApp(me)).recoveryCodes.length,
    10,
    'with another app come new ones, since none were left',
  )
})

test('a new set voids the old one, also when two are made at once', async () => {
  const { me, userId } = await world.owner()
  const old = await world.addApp(me)
  const token = await world.server.stepUp(me)

  const sets = await Promise.all([1, 2].map(() => me.ask(newRecoveryCodes, { stepUp: token })))
  const works = async (recovery: string | undefined) => codeOf(await me.tries(stepUp, { recovery: recovery ?? '' }))

  assert.equal(await works(old.recoveryCodes[0]), 'WrongProof')
  const either = [await works(sets[0]?.recoveryCodes[0]), await works(sets[1]?.recoveryCodes[0])]
  assert.deepEqual(either.toSorted(), ['WrongProof', 'ok'], 'one set holds')
  const rows = await world.server.app.store.find(recoveryTable, { where: { userId }, limit: 100 })
  assert.equal(rows.length, 9)
})

test('there are none without a second factor', async () => {
  const { me } = await world.owner()

  const answer = await me.tries(newRecoveryCodes, { stepUp: await world.server.stepUp(me, 'password') })

  assert.equal(codeOf(answer), 'SecondStepMissing')
})

test('a code is of one person alone', async () => {
  const [one, other] = [await world.owner(), await world.owner()]
  const { recoveryCodes } = await world.addApp(one.me)
  await world.addApp(other.me)

  const answer = await other.me.tries(stepUp, { recovery: recoveryCodes[0]! })

  assert.equal(codeOf(answer), 'WrongProof')
  assert.equal((await one.me.ask(myFactors, {})).recoveryLeft, 10)
})

test('guesses are counted: after five, one waits, and longer each time, also with a right one', async () => {
  const { me, username } = await world.owner()
  const { recoveryCodes } = await world.addApp(me)
  const guess = async (recovery: string) =>
    world.browser().tries(secondStep, { ticket: await world.halfWay(username), recovery })

  for (let nth = 0; nth < 5; nth++) assert.equal(codeOf(await guess('wrong')), 'WrongProof')
  const right = await guess(recoveryCodes[0]!)
  world.wait(MINUTE + 1000)
  const sixth = await guess('wrong')
  const waits = await guess(recoveryCodes[0]!)
  world.wait(2 * MINUTE + 1000)
  const afterwards = await guess(recoveryCodes[0]!)

  assert.equal(codeOf(right), 'TooManyRequests')
  assert.equal(codeOf(sixth), 'WrongProof')
  assert.ok(!waits.ok && waits.refusal.code === 'TooManyRequests')
  assert.ok(Number(waits.refusal.params?.['retryAfter']) > 60, 'the next wait is longer')
  assert.equal(codeOf(afterwards), 'ok')
})
