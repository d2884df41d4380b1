import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { signUp, TERMS_VERSION } from '@connectly/protocol'
import { startServer, type TestServer } from '../../test-kit.ts'
import { createOriginRules } from '../origin.ts'
import { assertNothingInline } from './html-kit.ts'
import { legalPaths } from './legal.ts'
import { unknownOperator } from './operator.ts'
import { securityText } from './well-known.ts'

/* What anybody may read before signing up: who runs this, what is kept, what holds, and whose work it stands on. */

const operator = {
  ...unknownOperator,
  name: 'The <Example> Society',
  contact: 'hello@chat.example.org',
  address: '1 Example Street',
}
let server: TestServer
let named: TestServer
before(async () => {
  ;[server, named] = await Promise.all([startServer(), startServer({ config: { operator } })])
})
after(() => Promise.all([server.stop(), named.stop()]))

const at = (each: TestServer, path: string, accept = 'text/html') =>
  fetch(each.url + path, { headers: { accept }, redirect: 'manual' })
const textAt = async (each: TestServer, path: string): Promise<string> => (await at(each, path)).text()

for (const path of legalPaths) {
  test(`${path} is a whole page without script, with a title, a description and a way to the others`, async () => {
    const response = await at(server, path)
    const html = await response.text()

    assert.deepEqual(
      [response.status, response.headers.get('content-type'), response.headers.get('cache-control')],
      [200, 'text/html; charset=utf-8', 'no-cache'],
    )
    assertNothingInline(html, path)
    assert.doesNotMatch(html, /<script|\{\{/)
    assert.match(html, /^<!doctype html>\n<html lang="en" dir="ltr">/)
    assert.match(html, /<title>[A-Z][\w -]+ · Connectly<\/title>/)
    assert.match(html, /<meta name="description" content="[^"]{40,170}">/)
    assert.equal(html.match(/<h1>/g)?.length, 1)
    for (const other of legalPaths) assert.ok(html.includes(`href="${other}"`) || other === path, other)
    assert.ok(response.headers.get('content-security-policy')?.includes("style-src 'self'"))
    assert.equal(response.headers.get('set-cookie'), null)
  })
}

test('who runs the server is said in their own particulars, as text; until then that nobody has said so', async () => {
  const [unknown, known] = await Promise.all([textAt(server, '/privacy'), textAt(named, '/privacy')])

  assert.match(unknown, /Whoever runs this server has not yet said who they are/)
  assert.match(known, /This server is run by <b>The &#60;Example&#62; Society<\/b>, 1 Example Street\./)
  assert.match(known, /<a href="mailto:hello@chat\.example\.org"[^>]*>hello@chat\.example\.org<\/a>/)
  assert.doesNotMatch(known, /has not yet said/)
})

test('the texts hold from the day that signing up accepts', async () => {
  const day = new Date(`${TERMS_VERSION}T00:00:00Z`)
  const written = `${day.getUTCDate()} ${day.toLocaleString('en-GB', { month: 'long', timeZone: 'UTC' })} ${day.getUTCFullYear()}`

  for (const path of ['/privacy', '/terms'])
    assert.ok((await textAt(server, path)).replaceAll('\u00a0', ' ').includes(`In force since ${written}`), path)
})

test('the privacy page names each cookie that signing up and looking around sets, and no other', async () => {
  const origin = server.url
  const body = JSON.stringify({ username: 'pia', password: 'a long walk by the lake', terms: TERMS_VERSION })
  const headers = { origin, 'content-type': 'application/json' }
  const first = await fetch(`${origin}/api/${signUp.name}`, { method: 'POST', headers, body })
  const csrf = /connectly_csrf=([^;]+)/.exec(first.headers.get('set-cookie') ?? '')?.[1] ?? ''
  const cookies = { cookie: `connectly_csrf=${csrf}`, 'x-csrf-token': csrf }
  const signed = await fetch(`${origin}/api/${signUp.name}`, {
    method: 'POST',
    headers: { ...headers, ...cookies },
    body,
  })

  const set = [...first.headers.getSetCookie(), ...signed.headers.getSetCookie()].map(
    (each) => each.split('=')[0] ?? '',
  )
  const html = await textAt(server, '/privacy')
  const told = [...html.matchAll(/<b>(connectly\w*)<\/b><\/th>/g)].map((found) => found[1] ?? '')

  assert.equal(signed.status, 200, await signed.text())
  assert.deepEqual([...new Set(set)].toSorted(), told.toSorted())
  const { sessionCookie, deviceCookie } = createOriginRules(new URL('https://chat.example.org'), 'a key')
  for (const name of [sessionCookie, deviceCookie]) assert.ok(html.includes(`<b>${name}</b>`), name)
})

test('a text of one’s own stands in place of ours, HTML in it is shown as text', async () => {
  const own = await startServer({
    config: {
      operator: {
        ...operator,
        privacy: '# Our privacy\n\n<script>alert(1)</script> {{operator}}\n',
        terms: '# Our rules\n',
      },
    },
  })
  const [privacy, terms] = await Promise.all([textAt(own, '/privacy'), textAt(own, '/terms')])
  await own.stop()

  assert.match(
    privacy,
    /<h1>Our privacy<\/h1>\n<p class="lede">&#60;script&#62;alert\(1\)&#60;\/script&#62; This server is run by/,
  )
  assert.match(privacy, /<title>Our privacy · Connectly<\/title>/)
  assert.match(terms, /<h1>Our rules<\/h1>/)
})

test('the notices page shows every package of the notices, and each licence in full', async () => {
  const source = readFileSync(join(import.meta.dirname, '../../../../THIRD-PARTY-NOTICES.md'), 'utf8')
  const html = await textAt(server, '/notices')

  const packages = [...source.matchAll(/^- \*\*(.+?)\*\*/gm)].map((found) => found[1] ?? '')
  assert.ok(packages.length > 100)
  for (const name of packages) assert.ok(html.includes(`<b>${name}</b>`), name)
  assert.equal(html.match(/<pre /g)?.length, source.match(/^```text$/gm)?.length)
  assert.match(html, /Permission is hereby granted, free of charge/)
})

test('the stylesheet is a file of ours that may be kept for ever, has both modes and print, and nothing from elsewhere', async () => {
  const html = await textAt(server, '/privacy')
  const path = /<link rel="stylesheet" href="([^"]+)">/.exec(html)?.[1] ?? ''
  const response = await at(server, path, 'text/css,*/*;q=0.1')
  const css = await response.text()

  assert.match(path, /^\/pages-[\w-]{12}\.css$/)
  assert.deepEqual(
    [response.status, response.headers.get('content-type'), response.headers.get('cache-control')],
    [200, 'text/css; charset=utf-8', 'public, max-age=31536000, immutable'],
  )
  assert.match(css, /color-scheme: light dark/)
  assert.match(css, /@media print/)
  assert.doesNotMatch(css, /@import|url\((?!\/assets\/)/)
  assert.equal((await at(server, '/pages-AAAAAAAAAAAA.css')).status, 404)
})

test('the stylesheet’s tokens are those of the web client’s theme', () => {
  const root = join(import.meta.dirname, '../../../..')
  const tokensOf = (file: string) => {
    const css = readFileSync(join(root, file), 'utf8').replace(/\/\*[^]*?\*\//g, '')
    return [...css.matchAll(/(--[\w-]+):\s*([^;]+);/g)].map(
      ([, name = '', value = '']) => `${name}: ${value.replace(/\s+/g, ' ')}`,
    )
  }
  const theme = new Set(tokensOf('web/src/theme/tokens.css'))
  // Drawings have colours of their own, and paper is white.
  const screen = tokensOf('server/src/transport/pages/pages.css').filter(
    (token) => !/^--il-|: #ffffff$|^--shadow-2: none$/.test(token) || theme.has(token),
  )

  assert.ok(screen.length > 40)
  assert.deepEqual(
    screen.filter((token) => !theme.has(token)),
    [],
  )
})

test('security.txt says where to report holes, for less than a year; without a contact there is none', async () => {
  const [none, some] = [
    await at(server, '/.well-known/security.txt'),
    await at(named, '/.well-known/security.txt', '*/*'),
  ]
  const text = await some.text()
  const elsewhere = { ...operator, securityContact: 'https://example.org/report' }
  const full = securityText(elsewhere, 'https://chat.example.org', Date.parse('2026-11-21T20:00:00Z'))

  assert.deepEqual([none.status, some.headers.get('content-type')], [404, 'text/plain; charset=utf-8'])
  const expires = Date.parse(/^Expires: (\S+)$/m.exec(text)?.[1] ?? '')
  assert.ok(expires > Date.now() + 100 * 86_400_000 && expires < Date.now() + 365 * 86_400_000)
  assert.match(text, /^Contact: mailto:hello@chat\.example\.org\nExpires: \S+\nPreferred-Languages: en\n$/)
  assert.equal(
    full,
    `Contact: https://example.org/report
Expires: 2027-05-20T00:00:00Z
Preferred-Languages: en
Canonical: https://chat.example.org/.well-known/security.txt
Policy: https://chat.example.org/security-policy
`,
  )
})

test('a password manager finds where to change the password', async () => {
  const response = await at(server, '/.well-known/change-password')

  assert.deepEqual([response.status, response.headers.get('location')], [302, '/settings/security'])
})
