import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { listSessions, myFactors, newRecoveryCodes, removePasskey, removeTotp, whoAmI } from '@connectly/protocol'
import { auditTable } from '../../kernel/tables.ts'
import { codeOf, createFactorsWorld, type FactorsWorld } from './factors-kit.ts'

let world: FactorsWorld
before(async () => {
  world = await createFactorsWorld()
})
after(() => world.server.stop())

test('every change of factors goes out by mail to whoever has an address, and says what and from where', async () => {
  const { me, home, userId, username } = await world.owner()
  const to = `${username}@example.org`
  await world.edit(userId, { email: to, emailKey: to })
  const asking = { ...me, ask: home.ask, tries: home.tries }

  await world.addApp(asking)
  const key = await world.addKey(asking)
  const token = await world.server.stepUp(me)
  await home.ask(newRecoveryCodes, { stepUp: token })
  await home.ask(removePasskey, { stepUp: token, passkeyId: key.passkeyId })
  await home.ask(removeTotp, { stepUp: token })
  const mails = await world.mailsTo(to, /^factor/, 5)

  const added = mails.filter(({ template }) => template === 'factorAdded').map(({ text }) => text)
  const removed = mails.filter(({ template }) => template === 'factorRemoved').map(({ text }) => text)
  for (const [texts, what] of [
    [added, 'an authenticator app'],
    [added, 'a passkey'],
    [added, 'new recovery codes'],
    [removed, 'a passkey'],
    [removed, 'an authenticator app'],
  ] as const)
    assert.equal(texts.filter((text) => text.includes(`: ${what}`) || text.includes(`has ${what}`)).length, 1, what)
  for (const { text } of mails) assert.match(text, /Firefox on Linux/)
})

test('every change stands in the record, with nothing that opens anything', async () => {
  const { me, userId } = await world.owner()
  const app = await world.addApp(me)
  const key = await world.addKey(me)
  const token = await world.server.stepUp(me)
  const { recoveryCodes } = await me.ask(newRecoveryCodes, { stepUp: token })
  await world.addApp(me)
  await me.ask(removePasskey, { stepUp: token, passkeyId: key.passkeyId })
  await me.ask(removeTotp, { stepUp: token })

  const rows = await world.server.app.store.find(auditTable, {
    where: { subject: userId },
    order: [['auditId', 'asc']],
    limit: 100,
  })

  assert.deepEqual(
    rows.filter(({ act }) => act.startsWith('factors.')).map(({ act, actor }) => `${act} ${actor === userId}`),
    [
      'factors.confirmTotp true',
      'factors.addPasskey true',
      'factors.newRecoveryCodes true',
      'factors.confirmTotp true',
      'factors.removePasskey true',
      'factors.removeTotp true',
    ],
  )
  const said = JSON.stringify(rows)
  for (const secret of [app.key, app.ticket, token, key.credential, ...app.recoveryCodes, ...recoveryCodes])
    assert.ok(!said.includes(secret))
})

test('[S13] a change of factors ends no session, and gives none another token: what a step-up opened was its own', async () => {
  const { me, userId, home } = await world.owner()
  const elsewhere = await world.again(userId)
  const seats = [await me.connect(), await elsewhere.connect()]
  const token = home.token()

  await world.addApp(me)
  const key = await world.addKey(me)
  await me.ask(removePasskey, { stepUp: await world.server.stepUp(me), passkeyId: key.passkeyId })
  const sessions = await me.ask(listSessions, {})
  const other = await elsewhere.tries(newRecoveryCodes, { stepUp: await world.server.stepUp(me) })

  assert.equal(sessions.length, 2)
  assert.equal(home.token(), token)
  for (const seat of seats) {
    assert.ok(seat.isOpen())
    await seat.ask(whoAmI, {})
  }
  assert.equal(codeOf(other), 'StepUpNeeded', 'a session gains nothing by the step-up of another')
})

test('[S0-16] who runs the server keeps a second factor', async () => {
  const { me, userId } = await world.owner()
  await world.addApp(me)
  const key = await world.addKey(me)
  await world.edit(userId, { isAdmin: true })
  const admin = await world.again(userId)
  const token = await world.server.stepUp(admin)

  const [app, passkey] = await Promise.all([
    admin.tries(removeTotp, { stepUp: token }),
    admin.tries(removePasskey, { stepUp: token, passkeyId: key.passkeyId }),
  ])
  const { totpSince, passkeys, recoveryLeft } = await admin.ask(myFactors, {})
  const last = totpSince
    ? await admin.tries(removeTotp, { stepUp: token })
    : await admin.tries(removePasskey, { stepUp: token, passkeyId: key.passkeyId })

  assert.deepEqual([app, passkey].map(codeOf).toSorted(), ['SecondStepMissing', 'ok'])
  assert.equal((totpSince ? 1 : 0) + passkeys.length, 1)
  assert.equal(recoveryLeft, 10)
  assert.equal(codeOf(last), 'SecondStepMissing')
})
