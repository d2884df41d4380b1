import assert from 'node:assert/strict'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { entryRules, signUp, TERMS_VERSION } from '@connectly/protocol'
import { createLogger, type Logger } from '../kernel/logger.ts'
import { startServer } from '../test-kit.ts'
import { MailDelayed, type Mail } from './mail.ts'
import { createOutbox } from './outbox.ts'

const dir = mkdtempSync(join(tmpdir(), 'connectly-outbox-'))
after(() => rmSync(dir, { recursive: true, force: true }))

const lines: object[] = []
const hear = (fields: object, text: string) => void lines.push({ ...fields, text })
const logger: Logger = { ...createLogger('fatal'), info: hear, warn: hear, error: hear }
const signal = new AbortController().signal
const mail = (nth = 1): Mail => ({
  mailId: `01999999-9999-7999-8999-${String(nth).padStart(12, '0')}`,
  template: 'reset',
  to: 'secret@example.org',
  subject: 'Choose a new password',
  text: 'Choose:\nhttps://chat.example.org/reset#the-token\n',
  html: '<p>Choose</p>',
  link: 'https://chat.example.org/reset#the-token',
  at: Date.UTC(2026, 10, 21, 12, 0, nth % 60),
})

test('a mail is two files that nobody else can read, and the log learns the name of one alone', async () => {
  const folder = join(dir, 'outbox')
  const outbox = createOutbox(folder, logger)
  lines.length = 0

  await outbox.send(mail(), signal)
  await outbox.send(mail(), signal)

  const names = readdirSync(folder).toSorted()
  assert.deepEqual(names, ['2026-11-21T120001-reset-00000001.html', '2026-11-21T120001-reset-00000001.txt'])
  assert.equal(
    readFileSync(join(folder, names[1]!), 'utf8'),
    `To: secret@example.org\nSubject: Choose a new password\n\n${mail().text}`,
  )
  assert.equal(readFileSync(join(folder, names[0]!), 'utf8'), '<p>Choose</p>')
  for (const name of names) assert.equal(statSync(join(folder, name)).mode & 0o777, 0o600)
  assert.equal(statSync(folder).mode & 0o777, 0o700)
  assert.match(JSON.stringify(lines), /outbox\/2026-11-21T120001-reset-00000001\.txt/)
  assert.doesNotMatch(JSON.stringify(lines), /the-token|secret@/)
})

test('the link is said to whoever develops this, and to nobody where nothing is given to say it by', async () => {
  const said: string[] = []

  await createOutbox(join(dir, 'said'), logger, (line) => said.push(line)).send(mail(), signal)

  assert.deepEqual(said, ['Mail, reset: https://chat.example.org/reset#the-token'])
})

test('the newest 200 mails are kept, and what others put there stays', async () => {
  const folder = join(dir, 'many')
  mkdirSync(folder)
  writeFileSync(join(folder, 'notes.txt'), 'mine')
  for (let nth = 1; nth <= 210; nth++)
    writeFileSync(
      join(folder, `2026-11-20T12${String(nth).padStart(4, '0')}-left-${String(nth).padStart(8, '0')}.txt`),
      '',
    )
  for (let nth = 1; nth <= 200; nth++)
    writeFileSync(
      join(folder, `2026-11-20T13${String(nth).padStart(4, '0')}-left-${String(nth).padStart(8, '0')}.txt`),
      '',
    )

  await createOutbox(folder, logger).send(mail(), signal)

  const left = readdirSync(folder)
  assert.equal(left.length, 401)
  assert.ok(left.includes('notes.txt') && left.includes('2026-11-21T120001-reset-00000001.txt'))
  assert.ok(!left.includes('2026-11-20T120001-left-00000001.txt'))
})

test('a folder that cannot be written to is later, and for all', async () => {
  const file = join(dir, 'a-file')
  writeFileSync(file, '')
  chmodSync(file, 0o600)

  await assert.rejects(createOutbox(join(file, 'outbox'), logger).send(mail(), signal), (error: unknown) => {
    assert.ok(error instanceof MailDelayed && error.isAway)
    return /DATA_DIR/.test(error.message)
  })
})

test('a server without SMTP_URL puts mails there, and says that none leaves', async () => {
  const server = await startServer()
  const ask = async (name: string, input: unknown) => {
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(`${server.url}/api/${name}`, { method: 'POST', headers, body: JSON.stringify(input) })
    return (await response.json()) as { ok: boolean; value: { mail?: boolean } }
  }
  const outbox = join(server.dataDir, 'outbox')

  const rules = await ask(entryRules.name, {})
  const person = {
    username: 'outboxed',
    password: 'seven grey herons wade',
    terms: TERMS_VERSION,
    email: 'o@example.org',
  }
  assert.ok((await ask(signUp.name, person)).ok)
  const until = Date.now() + 5000
  const files = () => (existsSync(outbox) ? readdirSync(outbox).filter((name) => name.endsWith('.txt')) : [])
  while (files().length === 0 && Date.now() < until) await new Promise((done) => setTimeout(done, 5))

  assert.equal(rules.value.mail, false)
  assert.match(files().join(), /-verification-/)
  await server.stop()
})
