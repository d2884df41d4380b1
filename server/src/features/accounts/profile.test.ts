import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  catchUp,
  editProfile,
  findPeople,
  getPeople,
  MAX_ABOUT_LENGTH,
  openPrivacy,
  openSync,
  privacySet,
  profileEdited,
  profileOf,
  setPrivacy,
  userPlace,
  whoAmI,
  type Answer,
  type Privacy,
  type UserId,
} from '@connectly/protocol'
import { addPerson, newId, startServer, type TestPerson, type TestServer } from '../../test-kit.ts'
import { privacyOf } from './index.ts'

let server: TestServer
let people = 0
const somebody = () => server.person(`profile-${++people}`)

before(async () => {
  server = await startServer()
})
after(() => server.stop())

test('a new name and what one says about oneself are seen by everybody, and found', async () => {
  const [me, other] = [await somebody(), await somebody()]
  const name = `Zoë of ${newId()}`

  const edited = await me.ask(editProfile, { name: `  ${name} `, about: ' I row.\nMostly at night. ' })

  assert.deepEqual([edited.person.name, edited.about], [name, 'I row.\nMostly at night.'])
  assert.deepEqual(await other.ask(profileOf, { userId: me.userId }), edited)
  assert.deepEqual(await me.ask(whoAmI, {}), edited.person)
  assert.deepEqual(await other.ask(getPeople, { userIds: [me.userId] }), [edited.person])
  assert.deepEqual(await other.ask(findPeople, { text: name.replace('ë', 'E').slice(0, 44) }), [edited.person])
})

test('what is left out stays, and an about may be emptied', async () => {
  const me = await somebody()
  await me.ask(editProfile, { name: 'First', about: 'Something' })

  const renamed = await me.ask(editProfile, { name: 'Second' })
  const emptied = await me.ask(editProfile, { about: '' })

  assert.deepEqual([renamed.person.name, renamed.about], ['Second', 'Something'])
  assert.deepEqual([emptied.person.name, emptied.about], ['Second', ''])
})

test('all my screens hear of it by the same event, and what changes nothing is no event', async () => {
  const me = await somebody()
  const seat = await me.connect()

  const edited = await me.ask(editProfile, { name: 'Nora', about: 'Here' })
  await me.ask(editProfile, { name: 'Nora', about: 'Here' })
  await me.ask(editProfile, {})
  await me.ask(setPrivacy, { typing: false })
  await me.ask(setPrivacy, { typing: false })
  await me.ask(setPrivacy, {})

  const log = await me.ask(catchUp, { place: userPlace(me.userId), after: 0 })
  const told = log.kind === 'events' ? log.events : []
  await seat.until(() => seat.heard(userPlace(me.userId)).length === told.length)
  assert.deepEqual(
    told.map((event) => event.name),
    [profileEdited.name, privacySet.name],
  )
  assert.deepEqual(seat.heard(userPlace(me.userId)), told)
  assert.deepEqual(told[0]?.data, { me: edited.person, about: 'Here', timeZone: '', language: '' })
})

test('two edits at once lose nothing: each keeps what the other set', async () => {
  for (let turn = 0; turn < 20; turn++) {
    const me = await somebody()

    await Promise.all([me.ask(editProfile, { name: 'Ada' }), me.ask(editProfile, { about: 'Reckons' })])

    const { person, about } = await me.ask(profileOf, { userId: me.userId })
    const { about: shown } = await ownHead(me)
    assert.deepEqual([person.name, about, shown], ['Ada', 'Reckons', 'Reckons'])
  }
})

test('names that are none, and abouts too long or with hidden turns, are refused', async () => {
  const me = await somebody()
  const bad = [
    { name: '' },
    { name: '\u200b' },
    { name: 'x'.repeat(65) },
    { name: 'a\nb' },
    { about: 'x'.repeat(MAX_ABOUT_LENGTH + 1) },
    { about: 'back\u202ewards' },
    { about: 'nul\u0000' },
  ]

  for (const input of bad)
    assert.equal(codeOf(await me.tries(editProfile, input)), 'InvalidInput', JSON.stringify(input))
})

test('a guest keeps the name it was given; nobody has the profile of who is not there', async () => {
  const { userId, token } = await addPerson(server.app.store, `guest-${++people}`, 'guest')
  const guest = server.again(userId, token)

  const answers = [
    await guest.tries(editProfile, { name: 'Somebody Else' }),
    await guest.tries(profileOf, { userId: newId<UserId>() }),
  ]

  assert.deepEqual(answers.map(codeOf), ['NotAllowed', 'NotFound'])
})

test('one shows everything until one says otherwise, a part at a time, and it stands in the own head', async () => {
  const me = await somebody()
  const first = await ownHead(me)

  const hidden = await me.ask(setPrivacy, { presence: 'nobody' })
  const silent = await me.ask(setPrivacy, { receipts: false })
  const { privacy } = await ownHead(me)

  assert.deepEqual(first.privacy, openPrivacy)
  assert.deepEqual(hidden, { ...openPrivacy, presence: 'nobody' })
  assert.deepEqual(silent, { ...openPrivacy, presence: 'nobody', receipts: false })
  assert.deepEqual(privacy, silent)
})

test('what one shows is nobody else’s to read: neither profile nor person carries it', async () => {
  const [me, other] = [await somebody(), await somebody()]
  await me.ask(setPrivacy, { presence: 'contacts', typing: false })

  const seen = JSON.stringify([
    await other.ask(profileOf, { userId: me.userId }),
    await other.ask(getPeople, { userIds: [me.userId] }),
  ])

  assert.ok(!seen.includes('contacts') && !seen.includes('typing'))
})

test('features above ask for what people show: those who said nothing show all, those who are not there are left out', async () => {
  const [open, closed] = [await somebody(), await somebody()]
  const set = await closed.ask(setPrivacy, { presence: 'nobody', receipts: false, typing: false })

  const shown = await privacyOf(server.app.store, [open.userId, closed.userId, closed.userId, newId<UserId>()])

  assert.deepEqual(
    shown,
    new Map([
      [open.userId, openPrivacy],
      [closed.userId, set],
    ]),
  )
})

test('two switches thrown at once are both thrown', async () => {
  for (let turn = 0; turn < 20; turn++) {
    const me = await somebody()

    await Promise.all([me.ask(setPrivacy, { receipts: false }), me.ask(setPrivacy, { typing: false })])

    assert.deepEqual((await ownHead(me)).privacy, { ...openPrivacy, receipts: false, typing: false })
  }
})

async function ownHead(person: TestPerson) {
  const { places } = await person.ask(openSync, { epoch: null, cursors: {}, lines: {} })
  const [own] = places
  assert.ok(own?.kind === 'reset')
  return own.head.slices['accounts'] as { about: string; privacy: Privacy }
}

const codeOf = (answer: Answer<unknown>) => (answer.ok ? 'ok' : answer.refusal.code)
