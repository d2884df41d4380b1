import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import {
  TERMS_VERSION,
  findPeople,
  getPeople,
  MAX_PASSWORD_LENGTH,
  signIn,
  signOut,
  signUp,
  whoAmI,
  type Answer,
  type InputOf,
  type OutputOf,
  type UserId,
} from '@connectly/protocol'
import { patch } from '../../store/store.ts'
import { newId, startServer, type TestServer } from '../../test-kit.ts'
import { codeOf, createBrowser, PASSWORD, valueOf } from '../../browser-kit.ts'
import { userTable } from './accounts.tables.ts'

let server: TestServer
let people = 0
const unused = () => `person-${++people}`

before(async () => {
  server = await startServer()
})
after(() => server.stop())

test('a browser signs up, is known by its cookie, signs out, and signs in again', async () => {
  const browser = createBrowser(server.url)
  const username = unused()

  const made = await browser.tries(signUp, { username, password: PASSWORD, name: '  Zoë   ', terms: TERMS_VERSION })
  const known = await browser.tries(whoAmI, {})
  const left = await browser.tries(signOut, {})
  const nobody = await browser.tries(whoAmI, {})
  const back = await browser.tries(signIn, { username, password: PASSWORD })
  const again = await browser.tries(whoAmI, {})

  assert.equal(valueOf(made).name, 'Zoë')
  assert.equal(codeOf(left), 'ok')
  assert.equal(codeOf(nobody), 'SignedOut')
  assert.deepEqual(valueOf(back), { person: valueOf(made), second: null })
  for (const answer of [known, again]) assert.deepEqual(valueOf(answer), valueOf(made))
  assert.match(browser.setCookies.join('\n'), /connectly=[\w-]{43}; Max-Age=\d+; Path=\/; .*HttpOnly; SameSite=Lax/)
})

test('every sign-in gets a token of its own, and the one before it ends', async () => {
  const browser = createBrowser(server.url)
  const username = unused()
  await browser.tries(signUp, { username, password: PASSWORD, terms: TERMS_VERSION })
  const first = browser.cookies.get('connectly')!

  await browser.tries(signIn, { username, password: PASSWORD })
  const second = browser.cookies.get('connectly')!

  assert.notEqual(second, first)
  assert.equal(codeOf(await bearer(first, whoAmI, {})), 'SignedOut')
  assert.equal(codeOf(await bearer(second, whoAmI, {})), 'ok')
})

test('with a bearer token one is known, may sign out, and is nobody then', async () => {
  const person = await server.person(unused())

  const known = await person.tries(whoAmI, {})
  const left = await person.tries(signOut, {})
  const nobody = await person.tries(whoAmI, {})

  assert.deepEqual([known, left, nobody].map(codeOf), ['ok', 'ok', 'SignedOut'])
})

test('the password stands nowhere but in its argon2id hash, not in the row and not in any file', async () => {
  const username = unused()
  const password = `a password to look for ${newId()}`

  await bearer('', signUp, { username, password, terms: TERMS_VERSION })
  const [row] = await server.app.store.find(userTable, { where: { username }, limit: 1 })

  assert.match(row?.passwordHash ?? '', /^\$argon2id\$v=19\$m=65536,t=3,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
  for (const file of readdirSync(server.dataDir, { recursive: true, withFileTypes: true }).filter((each) =>
    each.isFile(),
  ))
    assert.ok(!readFileSync(join(file.parentPath, file.name)).includes(password), file.name)
})

test('two people with the same password have different hashes', async () => {
  const [a, b] = [unused(), unused()]
  await Promise.all(
    [a, b].map((username) => bearer('', signUp, { username, password: PASSWORD, terms: TERMS_VERSION })),
  )

  const rows = await server.app.store.find(userTable, { where: { username: { in: [a, b] } }, limit: 2 })

  assert.equal(new Set(rows.map((row) => row.passwordHash)).size, 2)
})

test('passwords have 12 to 128 characters, any of them, and are not among those tried first', async () => {
  const codeFor = async (password: string, username = unused()) =>
    codeOf(await bearer('', signUp, { username, password, terms: TERMS_VERSION }))
  const common = ['password1234', 'Password1234!', 'qwertyuiopas', '123456789012', 'aaaaaaaaaaaa', 'iloveyou1234']

  assert.deepEqual(await codeFor('x7!kQ2#mZ9'), 'InvalidInput')
  assert.equal(await codeFor('elevenchars'), 'InvalidInput')
  assert.equal(await codeFor('z'.repeat(MAX_PASSWORD_LENGTH + 1)), 'InvalidInput')
  for (const password of common) assert.equal(await codeFor(password), 'PasswordTooCommon', password)
  assert.equal(await codeFor('marianne-marianne', 'marianne'), 'PasswordTooCommon')
  assert.equal(await codeFor('sandy otter '.repeat(11).slice(0, MAX_PASSWORD_LENGTH)), 'ok')
  assert.equal(await codeFor('пять зелёных лодок 🚣'), 'ok')
  assert.equal(await codeFor('twelve chars'.slice(0, 12)), 'ok')
})

test('all of a long password counts', async () => {
  const username = unused()
  const password = `${'sandy otter '.repeat(10)}a`
  await bearer('', signUp, { username, password, terms: TERMS_VERSION })

  const cut = await bearer('', signIn, { username, password: password.slice(0, -1) })
  const whole = await bearer('', signIn, { username, password })

  assert.deepEqual([cut, whole].map(codeOf), ['WrongCredentials', 'ok'])
})

test('who has no password cannot sign in with one', async () => {
  const person = await server.person(unused())
  const { username } = await person.ask(whoAmI, {})

  const answers = await Promise.all(
    ['', 'null', PASSWORD].map((password) => bearer('', signIn, { username, password })),
  )

  assert.deepEqual(answers.map(codeOf), ['WrongCredentials', 'WrongCredentials', 'WrongCredentials'])
})

test('a username is one, however it is written, and can be taken once, also by many at once', async () => {
  const username = unused()
  const made = await bearer('', signUp, {
    username: ` ${username.toUpperCase()} `,
    password: PASSWORD,
    terms: TERMS_VERSION,
  })

  const again = await bearer('', signUp, { username, password: PASSWORD, terms: TERMS_VERSION })
  const signedIn = await bearer('', signIn, { username: username.toUpperCase(), password: PASSWORD })
  const wanted = unused()
  const race = await Promise.all(
    [1, 2, 3, 4].map(() => bearer('', signUp, { username: wanted, password: PASSWORD, terms: TERMS_VERSION })),
  )

  assert.equal(valueOf(made as Answer<OutputOf<typeof signUp>>).username, username)
  assert.equal(codeOf(again), 'UsernameTaken')
  assert.equal(codeOf(signedIn), 'ok')
  assert.deepEqual(race.map(codeOf).toSorted(), ['UsernameTaken', 'UsernameTaken', 'UsernameTaken', 'ok'])
})

test('usernames have 2 to 32 plain characters', async () => {
  const bad = ['a', 'x'.repeat(33), '-ab', 'ab-', 'a b', 'ünal', 'a/b', 'a@b', '', '.', 'a\u0000b']

  for (const username of bad)
    assert.equal(
      codeOf(await bearer('', signUp, { username, password: PASSWORD, terms: TERMS_VERSION })),
      'InvalidInput',
      username,
    )
})

test('people are found by the beginning of a name or username, accents and case aside, and never oneself', async () => {
  const mark = `q${newId().slice(-6)}`
  const [me, zoe, other] = [
    await server.person(`${mark}me`),
    await server.person(`${mark}zoe`),
    await server.person(unused()),
  ]
  await rename(zoe.userId, 'Žofie Nováková')
  await rename(other.userId, `${mark} In Second Place`)
  const idsFor = async (text: string) => (await me.ask(findPeople, { text })).map((person) => person.userId)

  assert.deepEqual(await idsFor('zofie nov'), [zoe.userId])
  assert.deepEqual(await idsFor('ŽOFIE'), [zoe.userId])
  assert.deepEqual((await idsFor(mark)).toSorted(), [zoe.userId, other.userId].toSorted())
  assert.deepEqual(await idsFor(`@${mark}ZOE`), [zoe.userId])
  assert.deepEqual(await idsFor('Nováková'), [], 'the middle of a name is not its beginning')
  for (const wild of ['%', '_', '*', `${mark.slice(0, 3)}%`, `\\`, `' or 1=1 --`])
    assert.deepEqual(await idsFor(wild), [], wild)
})

test('at most twenty people are found, and no field of theirs but what others may see', async () => {
  const mark = `w${newId().slice(-6)}`
  const me = await server.person(unused())
  await Promise.all(Array.from({ length: 25 }, (_, nth) => server.person(`${mark}${nth}`)))

  const found = await me.ask(findPeople, { text: mark })

  assert.equal(found.length, 20)
  for (const person of found)
    assert.deepEqual(Object.keys(person).toSorted(), ['createdAt', 'kind', 'name', 'userId', 'username'])
})

test('people are got by id, each once, unknown ones left out', async () => {
  const [me, other] = [await server.person(unused()), await server.person(unused())]

  const got = await me.ask(getPeople, { userIds: [other.userId, newId<UserId>(), other.userId, me.userId] })

  assert.deepEqual(got.map((person) => person.userId).toSorted(), [me.userId, other.userId].toSorted())
})

const rename = (userId: UserId, name: string) =>
  server.app.store.commit(
    [
      {
        places: [],
        given: [],
        make: () => ({
          writes: [
            patch(
              userTable,
              { userId },
              {
                set: { name, nameKey: name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase() },
              },
            ),
          ],
          events: [],
          result: null,
        }),
      },
    ],
    Date.now(),
  )

async function bearer<M extends { name: string }>(
  token: string,
  method: M,
  input: InputOf<M>,
): Promise<Answer<unknown>> {
  const response = await fetch(`${server.url}/api/${method.name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify(input),
  })
  return (await response.json()) as Answer<unknown>
}
