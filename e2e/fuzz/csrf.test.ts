import assert from 'node:assert/strict'
import { request as httpRequest } from 'node:http'
import { after, before, test } from 'node:test'
import { registry, whoAmI, type Method } from '@connectly/protocol'
import { startServer, type TestPerson, type TestServer } from '@connectly/server/test-kit'
import { seeded } from '../crash/random.ts'
import { legalInput, withIds } from './shapes.ts'

/* A page of somebody else's, opened by somebody who is signed in here: whatever it has their browser send, nothing is done. */

let server: TestServer
let ada: TestPerson
let csrf: string
before(async () => {
  server = await startServer({ config: { corsOrigins: ['https://app.example.org'] } })
  ada = await server.administrator('ada')
  csrf = await csrfOf(ada.token)
})
after(() => server.stop())

const methods = [...registry.methods.values()].filter(({ door }) => door !== 'socket')
const json = { 'content-type': 'application/json' }

type Got = { status: number; cookies: string[]; code: string; field: string | undefined }

function post(name: string, headers: Record<string, string>, body: string): Promise<Got> {
  return new Promise((done, fail) => {
    const sending = httpRequest(`${server.url}/api/${name}`, { method: 'POST', headers, agent: false }, (answer) => {
      let text = ''
      answer.on('data', (part: Buffer) => (text += part.toString()))
      answer.on('end', () => {
        const { ok, refusal } = JSON.parse(text) as {
          ok: boolean
          refusal?: { code: string; params?: { field?: string } }
        }
        done({
          status: answer.statusCode ?? 0,
          cookies: answer.headers['set-cookie'] ?? [],
          code: ok ? 'ok' : (refusal?.code ?? ''),
          field: refusal?.params?.field,
        })
      })
    })
    sending.on('error', fail)
    sending.end(body)
  })
}

async function csrfOf(token: string): Promise<string> {
  const { cookies } = await post(whoAmI.name, { ...json, origin: server.url, cookie: `connectly=${token}` }, '{}')
  return /connectly_csrf=([^;]+)/.exec(cookies.join())?.[1] ?? assert.fail('no double-submit cookie')
}

const inputOf = (method: Method) => JSON.stringify(withIds(legalInput(method.input, seeded(method.name.length))))

/** Cookies that are right, sent with whatever headers. */
const withCookies = (headers: Record<string, string>) => ({
  cookie: `connectly=${ada.token}; connectly_csrf=${csrf}`,
  ...headers,
})
const bare = (headers: Record<string, string>) => ({ cookie: `connectly=${ada.token}`, ...headers })

const attempts: [what: string, headers: () => Record<string, string>, codes: readonly string[]][] = [
  [
    'a foreign origin',
    () => withCookies({ ...json, origin: 'https://evil.example', 'x-csrf-token': csrf }),
    ['BadOrigin'],
  ],
  [
    'no origin at all that one could name',
    () => withCookies({ ...json, origin: 'null', 'x-csrf-token': csrf }),
    ['BadOrigin'],
  ],
  [
    'a site of the same domain',
    () => withCookies({ ...json, 'sec-fetch-site': 'same-site', 'x-csrf-token': csrf }),
    ['BadOrigin'],
  ],
  ['our origin without a token', () => withCookies({ ...json, origin: server.url }), ['BadOrigin']],
  [
    'our origin with another token',
    () => withCookies({ ...json, origin: server.url, 'x-csrf-token': `${csrf}x` }),
    ['BadOrigin'],
  ],
  [
    'our origin with a token and no cookie of it',
    () => bare({ ...json, origin: server.url, 'x-csrf-token': csrf }),
    ['BadOrigin'],
  ],
  ['a listed origin without a token', () => withCookies({ ...json, origin: 'https://app.example.org' }), ['BadOrigin']],
  ...[
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'text/plain; application/json',
  ].map((type): (typeof attempts)[number] => [
    `the type ${type}`,
    () => withCookies({ origin: server.url, 'x-csrf-token': csrf, 'content-type': type }),
    ['InvalidInput', 'BadOrigin'],
  ]),
  [
    'a form of another site',
    () => withCookies({ origin: 'null', 'content-type': 'text/plain' }),
    ['BadOrigin', 'InvalidInput'],
  ],
]
for (const [what, headers, codes] of attempts)
  test(`no method is carried out by a cookie with ${what}`, async () => {
    const accepted: string[] = []
    for (const method of methods) {
      const got = await post(method.name, headers(), inputOf(method))
      const isAboutTheType = got.code !== 'InvalidInput' || got.field === 'content-type'
      if (!codes.includes(got.code) || !isAboutTheType || got.status < 400) accepted.push(`${method.name}: ${got.code}`)
      const sessions = got.cookies.filter((cookie) => /^(?:__Host-)?connectly=/.test(cookie))
      assert.deepEqual(sessions, [], `${method.name} touches the session`)
    }

    assert.deepEqual(accepted, [])
    assert.equal((await ada.tries(whoAmI, {})).ok, true, 'the session goes on')
  })

test('without an origin, as from no browser, a cookie is nobody to any method', async () => {
  for (const method of methods.filter(({ access }) => access.who === 'session')) {
    const { code } = await post(method.name, withCookies({ ...json, 'x-csrf-token': csrf }), inputOf(method))
    assert.equal(code, 'SignedOut', method.name)
  }
})

test('the same asks from our own page, with the token, are taken: it is the page that makes the difference', async () => {
  for (const method of methods.filter(({ name }) => ![...ending].includes(name))) {
    const headers = withCookies({ ...json, origin: server.url, 'x-csrf-token': csrf })
    const { code } = await post(method.name, headers, inputOf(method))
    assert.ok(!['BadOrigin', 'SignedOut'].includes(code), `${method.name}: ${code}`)
  }
})

/** What ends the session that the rest is asked by, or changes whose it is. */
const ending = ['accounts.signOut', 'accounts.signUp', 'accounts.signIn', 'guests.come']
