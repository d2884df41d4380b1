import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { ConfigUnusable, readConfig } from '../config.ts'

const DATA_DIR = mkdtempSync(join(tmpdir(), 'connectly-sign-in-'))
after(() => rmSync(DATA_DIR, { recursive: true }))

const google = { GOOGLE_CLIENT_ID: 'an id', GOOGLE_CLIENT_SECRET: 'hunter2' }
const own = {
  OIDC_ISSUER: 'https://id.example.org/realms/people',
  OIDC_CLIENT_ID: 'connectly',
  OIDC_CLIENT_SECRET: 'hunter2',
}

test('services one can sign in with are named by their settings, and none without them', () => {
  const [none, both] = [readConfig({ DATA_DIR }), readConfig({ DATA_DIR, ...google, ...own, OIDC_NAME: 'The school' })]

  assert.deepEqual(none.providers, [])
  assert.deepEqual(
    both.providers?.map(({ issuer, ...more }) => ({ ...more, issuer: issuer.href })),
    [
      {
        provider: 'google',
        name: 'Google',
        issuer: 'https://accounts.google.com/',
        clientId: 'an id',
        clientSecret: 'hunter2',
      },
      { provider: 'oidc', name: 'The school', issuer: own.OIDC_ISSUER, clientId: 'connectly', clientSecret: 'hunter2' },
    ],
  )
  assert.equal(readConfig({ DATA_DIR, ...own }).providers?.[0]?.name, 'Single sign-on')
})

test('what belongs together is asked for together, and no line shows a secret', () => {
  const problems = [
    ...problemsOf({ GOOGLE_CLIENT_ID: 'an id' }),
    ...problemsOf({ GOOGLE_CLIENT_SECRET: 'hunter2' }),
    ...problemsOf({ OIDC_CLIENT_SECRET: 'hunter2' }),
    ...problemsOf({ ...own, OIDC_NAME: 'x'.repeat(41) }),
  ]

  assert.deepEqual(
    problems.map((problem) => problem.split(' ')[0]),
    ['GOOGLE_CLIENT_SECRET', 'GOOGLE_CLIENT_ID', 'OIDC_ISSUER', 'OIDC_CLIENT_ID', 'OIDC_NAME'],
  )
  assert.ok(!problems.join().includes('hunter2'))
})

test('an issuer is reached by TLS, or is this machine', () => {
  const fine = [
    'https://id.example.org',
    'https://id.example.org/',
    'http://localhost:8080/x',
    'http://127.0.0.1:9',
    'http://[::1]:9',
  ]
  const wrong = [
    'id.example.org',
    'http://id.example.org',
    'http://127.0.0.1.evil.example',
    'http://localhost.evil.example',
    'ftp://id.example.org',
    'https://ada:hunter2@id.example.org',
    'https://id.example.org/?x=1',
    'https://id.example.org/#x',
    'https://id.example.org/.well-known/openid-configuration',
  ]

  for (const OIDC_ISSUER of fine) assert.deepEqual(problemsOf({ ...own, OIDC_ISSUER }), [], OIDC_ISSUER)
  for (const OIDC_ISSUER of wrong) {
    const problems = problemsOf({ ...own, OIDC_ISSUER })
    assert.match(problems.join(), /^OIDC_ISSUER takes the address/, OIDC_ISSUER)
    assert.ok(!problems.join().includes('hunter2'))
  }
})

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    readConfig({ DATA_DIR, ...env })
    return []
  } catch (error) {
    assert.ok(error instanceof ConfigUnusable)
    return error.problems
  }
}
