import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { ownAccount, signUp, TERMS_VERSION } from '@connectly/protocol'
import { codeOf, createBrowser, PASSWORD } from '../browser-kit.ts'
import { onlyOn } from '../test-kit.ts'
import { invite } from './invite.ts'
import { failureOf, newDir, run, start, stop } from './tools-kit.ts'

const tokenOf = (url: string) => new URL(url).searchParams.get('invitation') ?? ''
/** The key that the test servers sign with. */
const SECRET_KEY = 'a key for tests, long enough to be one'

test(
  'while Connectly runs, the link is asked of it; it opens that server, and makes whom it says',
  onlyOn('sqlite'),
  async () => {
    const server = await start()
    const links = [
      (await run(invite, { data: server.dataDir, admin: '' })).said,
      (await run(invite, { data: server.dataDir })).said,
    ]

    const browsers = [createBrowser(server.url), createBrowser(server.url)]
    for (const [nth, browser] of browsers.entries())
      await browser.signsUp(`invited-${nth}`, { invitation: tokenOf(links[nth] ?? '') })
    const isAdmin = await Promise.all(browsers.map(async (browser) => (await browser.ask(ownAccount, {})).isAdmin))

    assert.ok(links.every((link) => link.startsWith(`${server.url}/sign-up?invitation=`)))
    assert.deepEqual(isAdmin, [true, false])
  },
)

test(
  'stopped, the link is written into the store, and opens the server that is started then',
  onlyOn('sqlite'),
  async () => {
    const first = await start()
    const { dataDir } = first
    await stop(first)
    const env = { SECRET_KEY, PUBLIC_URL: 'https://chat.example.org' }

    const { said } = await run(invite, { data: dataDir }, env)
    const server = await start(dataDir)
    const account = { username: 'invited', password: PASSWORD, terms: TERMS_VERSION, invitation: tokenOf(said) }
    const answers = [
      await createBrowser(server.url).tries(signUp, account),
      await createBrowser(server.url).tries(signUp, { ...account, username: 'another' }),
    ]

    assert.ok(said.startsWith('https://chat.example.org/sign-up?invitation='))
    assert.deepEqual(answers.map(codeOf), ['ok', 'LinkSpent'])
  },
)

test('a folder without a database is not made one', onlyOn('sqlite'), async () => {
  const dir = join(newDir(), 'mistyped')

  assert.match(await failureOf(invite, { data: dir }), /There is no file .*mistyped.*--data/)
  assert.ok(!existsSync(dir))
})

test('a start without an administrator says one link, on standard output alone; once used, none', async () => {
  const dir = newDir()
  const env = { PORT: '0', DATA_DIR: join(dir, 'data'), LOG_DIR: join(dir, 'logs'), LOG_LEVEL: 'debug' }
  const [first, second] = [await started(env), await started(env)]
  const [link = '', ...more] = second.out.match(/\S+\?invitation=\S+/g) ?? []
  const logs = readdirSync(env.LOG_DIR).map((name) => readFileSync(join(env.LOG_DIR, name), 'utf8'))

  const third = await started({ ...env, CAPTCHA: 'none' }, async (url) => {
    const withdrawn = tokenOf(first.out.match(/\S+\?invitation=\S+/)?.[0] ?? '')
    const account = { username: 'first', password: PASSWORD, terms: TERMS_VERSION }
    const spent = [withdrawn, tokenOf(link)].map((invitation) =>
      createBrowser(url).tries(signUp, { ...account, invitation }),
    )
    assert.deepEqual((await Promise.all(spent)).map(codeOf), ['LinkSpent', 'LinkSpent'], 'a new start withdraws them')
    await createBrowser(url).signsUp('first', { invitation: tokenOf(await linkAt(url)) })
  })
  const fourth = await started(env)

  assert.equal(more.length, 0)
  assert.equal(second.out.split('\n').filter(Boolean).length, 2)
  for (const text of [...logs, second.err]) assert.ok(!text.includes(tokenOf(link)) && !text.includes('invitation='))
  assert.ok(third.out.includes('invitation='))
  assert.ok(!fourth.out.includes('invitation='), 'somebody runs it')
})

let lastOut = ''
/** The link that the server at this address said. */
async function linkAt(url: string): Promise<string> {
  for (let tries = 0; tries < 200; tries++) {
    const link = lastOut.match(/\S+\?invitation=\S+/)?.[0]
    if (link?.startsWith(url)) return link
    await new Promise((done) => setTimeout(done, 25))
  }
  return assert.fail('no link was said')
}

/** Starts the program, does something while it runs, and stops it; what it said. */
async function started(env: Record<string, string>, during?: (url: string) => Promise<void>) {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../main.ts')], { env })
  const said = { out: '', err: '' }
  const ended = new Promise((done) => child.once('close', done))
  child.stderr.on('data', (text: Buffer) => (said.err += text.toString()))
  const address = new Promise<string>((done, fail) => {
    child.stdout.on('data', (text: Buffer) => {
      lastOut = said.out += text.toString()
      const url = /Connectly is at (\S+)\n/.exec(said.out)?.[1]
      if (url) done(url)
    })
    child.once('close', () => fail(new Error(`it ended: ${said.err}`)))
  })
  try {
    await during?.(await address)
    await address
    for (let tries = 0; tries < 40 && !said.out.includes('invitation='); tries++)
      await new Promise((done) => setTimeout(done, 25))
  } finally {
    child.kill('SIGTERM')
    await ended
  }
  return said
}
