import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { createGroup, type LocalId } from '@connectly/protocol'
import express from 'express'
import { newId } from '../../kernel/ids.ts'
import { startServer, type TestServer } from '../../test-kit.ts'
import { assertNothingInline } from './html-kit.ts'
import { unknownOperator } from './operator.ts'
import { createPages } from './pages.ts'

/* What a person sees who goes where there is nothing, or where something broke; and what a program gets there. */

const clientDir = mkdtempSync(join(tmpdir(), 'connectly-client-'))
const HTML = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'
const id = '01999999-9999-7999-8999-999999999999'
let server: TestServer
before(async () => {
  mkdirSync(join(clientDir, 'assets'))
  writeFileSync(join(clientDir, 'index.html'), '<!doctype html><title>The shell</title>')
  server = await startServer({ clientDir })
})
after(async () => {
  await server.stop()
  rmSync(clientDir, { recursive: true })
})

const go = (url: string, { accept = HTML, method = 'GET', ...rest }: RequestInit & { accept?: string } = {}) =>
  fetch(url, { ...rest, method, headers: { accept }, redirect: 'manual' })

/** A page that says no: styled, without script, with the request's id and a way on, and nothing of what serves it. */
async function isErrorPage(response: Response, status: number, title: string): Promise<string> {
  const html = await response.text()
  assert.deepEqual([response.status, response.headers.get('content-type')], [status, 'text/html; charset=utf-8'], html)
  assertNothingInline(html, title)
  assert.doesNotMatch(html, /<script/)
  assert.ok(html.includes(`<h1>${title}</h1>`), html)
  assert.match(html, /<link rel="stylesheet" href="\/pages-[\w-]{12}\.css">/)
  assert.match(html, /<a class="btn" href="[^"]*">/)
  assert.ok(html.includes(`<code>${response.headers.get('x-request-id')}</code>`), 'the request’s id')
  assert.equal(response.headers.get('cache-control'), 'no-store')
  assert.match(String(response.headers.get('vary')), /\bAccept\b/)
  assert.doesNotMatch(html, /node_modules|\bat .*\.ts:\d|Error:/)
  return html
}

test('an address that is none is a page with 404 and a way back to the chats', async () => {
  const paths = [
    '/nowhere',
    '/no/such/page',
    '/r/1',
    '/settings/nonsense',
    '/sign-in/x',
    '/assets/gone.js',
    '/.hidden',
    '//evil.example',
  ]

  for (const path of paths) {
    const html = await isErrorPage(await go(server.url + path), 404, 'This page wandered off')
    assert.match(html, /<a class="btn" href="\/">Back to chats<\/a>/)
    assert.doesNotMatch(html, /evil/)
  }
})

test('an address of the app is the app, whether or not what it names is there', async () => {
  for (const path of ['/', '/sign-in', `/r/${id}`, '/settings/privacy']) {
    const response = await go(server.url + path)
    assert.deepEqual([response.status, await response.text()], [200, '<!doctype html><title>The shell</title>'], path)
  }
})

test('a page is for reading: any other verb is told so, with what is allowed', async () => {
  for (const method of ['POST', 'PUT', 'DELETE', 'PATCH']) {
    const response = await go(`${server.url}/sign-in`, { method })
    assert.equal(response.headers.get('allow'), 'GET, HEAD')
    await isErrorPage(response, 405, 'This page is only for reading')
  }
  await isErrorPage(await go(`${server.url}/nowhere`, { method: 'POST' }), 404, 'This page wandered off')
})

test('an address that cannot be read is a page with 400', async () => {
  await isErrorPage(await go(`${server.url}/%E0%A4%A`), 400, 'That address is damaged')
})

test('a page that breaks by a fault of ours says so with 500 and the id in the log, and no word of the fault', async () => {
  const operator = {
    ...unknownOperator,
    get privacy(): string | null {
      throw new Error('the secret of the house')
    },
  }
  const broken = await startServer({ config: { operator } })
  const response = await go(`${broken.url}/privacy`)
  await broken.stop()

  const html = await isErrorPage(response, 500, 'That’s on us')
  assert.doesNotMatch(html, /secret of the house/)
  assert.match(html, /<a class="btn" href="">.*Try again<\/a>/)
})

test('while the server finishes what was begun, whoever comes for a page is told to come back', async () => {
  let release = () => undefined as void
  const held = new Promise<void>((done) => (release = done))
  let begun = () => undefined as void
  const isBegun = new Promise<void>((done) => (begun = done))
  let isSlow = false
  const slow = await startServer({
    clientDir,
    store: (store) => ({
      ...store,
      commit: async (changes, now) => {
        if (isSlow) begun()
        if (isSlow) await held
        return store.commit(changes, now)
      },
    }),
  })
  const ada = await slow.person('ada')
  isSlow = true
  const asked = ada.tries(createGroup, { localId: newId<LocalId>(), name: 'Notes', userIds: [] })
  await isBegun

  const stopped = slow.stop()
  const [page, script] = [await go(`${slow.url}/`), await go(`${slow.url}/nothing.js`, { accept: '*/*' })]
  release()
  await Promise.all([asked, stopped])

  await isErrorPage(page, 503, 'Back in a moment')
  assert.equal(page.headers.get('retry-after'), '10')
  assert.equal(script.status, 404)
})

test('without a built client a person gets a page that says what to do, a program the same as a line', async () => {
  const empty = await startServer({ clientDir: join(clientDir, 'none') })
  const [page, line] = [await go(`${empty.url}/`), await go(`${empty.url}/`, { accept: '*/*' })]
  await empty.stop()

  assert.match(await isErrorPage(page, 503, 'Back in a moment'), /The web client is not built\. Run: npm run build/)
  assert.deepEqual([line.status, await line.text()], [503, 'The web client is not built. Run: npm run build\n'])
})

test('the API answers in JSON whoever asks, a person’s browser included', async () => {
  for (const path of ['/api', '/api/', '/api/nothing', '/api/no/such/path', '/API/nothing', '/api/%E0%A4%A']) {
    const response = await go(server.url + path)
    assert.match(String(response.headers.get('content-type')), /^application\/json/, path)
    const { ok, refusal } = (await response.json()) as { ok: boolean; refusal: { code: string; requestId: string } }
    assert.deepEqual([ok, refusal.requestId], [false, response.headers.get('x-request-id')])
  }
})

test('a program gets no page, whatever else it takes', async () => {
  for (const accept of [
    '*/*',
    'text/plain',
    'application/json',
    'image/avif,image/*,*/*;q=0.8',
    'text/css,*/*;q=0.1',
    'text/plain, text/html;q=0.1',
  ]) {
    const response = await go(`${server.url}/nowhere`, { accept })
    assert.equal(response.status, 404)
    assert.doesNotMatch(String(response.headers.get('content-type')), /html/, accept)
  }
})

test('every status has words: what is unknown among them is told as the nearest that is not', async (t) => {
  const pages = createPages({ operator: unknownOperator, origin: null, clientDir })
  const app = express()
  app.get('/:status', (request, response) => {
    response.locals['requestId'] = id
    response.setHeader('X-Request-Id', id)
    const status = Number(request.params['status'])
    pages.answer(request, response, { status, ...(status === 429 && { retryAfter: 8 }) })
  })
  const listening = await listen(app)
  t.after(() => {
    listening.close()
    listening.closeAllConnections()
  })
  const { port } = listening.address() as AddressInfo
  const titles: [status: number, title: string][] = [
    [400, 'That address is damaged'],
    [404, 'This page wandered off'],
    [405, 'This page is only for reading'],
    [413, 'That’s too much at once'],
    [429, 'That’s a lot at once'],
    [500, 'That’s on us'],
    [503, 'Back in a moment'],
    [418, 'That address is damaged'],
    [507, 'That’s on us'],
  ]

  for (const [status, title] of titles) {
    const response = await go(`http://127.0.0.1:${port}/${status}`)
    const html = await isErrorPage(response, status, title)
    if (status !== 429) continue
    assert.equal(response.headers.get('retry-after'), '8')
    assert.match(html, /You can go on in 8 seconds\./)
  }
})

const listen = (app: express.Express): Promise<Server> =>
  new Promise((done) => {
    const listening = createServer(app).listen(0, '127.0.0.1', () => done(listening))
  })
