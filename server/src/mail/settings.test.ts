import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { ConfigUnusable, readConfig } from '../config.ts'

const dir = mkdtempSync(join(tmpdir(), 'connectly-mail-settings-'))
after(() => rmSync(dir, { recursive: true }))

const from = 'Connectly <chat@example.org>'
const read = (env: Record<string, string>) => readConfig({ DATA_DIR: dir, ...env }).mail

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    read(env)
    return []
  } catch (error) {
    assert.ok(error instanceof ConfigUnusable)
    return error.problems
  }
}

test('without SMTP_URL mail goes into the outbox folder, whatever MAIL_FROM says', () => {
  assert.equal(read({}), null)
  assert.equal(read({ MAIL_FROM: from }), null)
})

test('SMTP_URL says host, port, TLS, user and password; MAIL_FROM a name and an address', () => {
  const whole = read({ SMTP_URL: 'smtps://me%40example.org:p%2Fw%25@mail.example.org', MAIL_FROM: from })
  const plain = read({ SMTP_URL: 'smtp://mail.example.org', MAIL_FROM: 'chat@example.org' })
  const here = read({ SMTP_URL: 'smtp://[::1]:2525', MAIL_FROM: '"Chat, ours" <chat@localhost>' })

  assert.deepEqual(whole, {
    host: 'mail.example.org',
    port: 465,
    isSecure: true,
    isLoopback: false,
    login: { user: 'me@example.org', password: 'p/w%' },
    from: { name: 'Connectly', address: 'chat@example.org' },
  })
  assert.deepEqual([plain?.port, plain?.isSecure, plain?.login, plain?.from.name], [587, false, null, ''])
  assert.deepEqual([here?.host, here?.port, here?.isLoopback, here?.from.name], ['::1', 2525, true, 'Chat, ours'])
})

test('what does not fit is told in one line that says what to do, and never holds the password', () => {
  const secret = 'hunter2hunter2'
  const wrong = [
    { SMTP_URL: `https://me:${secret}@mail.example.org`, MAIL_FROM: from },
    { SMTP_URL: `smtp//me:${secret}@mail.example.org`, MAIL_FROM: from },
    { SMTP_URL: `smtps://me:${secret}#x@mail.example.org`, MAIL_FROM: from },
    { SMTP_URL: `smtps://me:${secret}@mail.example.org/inbox`, MAIL_FROM: from },
    { SMTP_URL: `smtps://me:${secret}@mail.example.org?tls=no`, MAIL_FROM: from },
    { SMTP_URL: `smtps://me:${secret}%zz@mail.example.org`, MAIL_FROM: from },
    { SMTP_URL: `smtps://:${secret}@mail.example.org`, MAIL_FROM: from },
    { SMTP_URL: `smtps://mail.example.org:99999`, MAIL_FROM: from },
  ]

  for (const env of wrong) {
    const problems = problemsOf(env)
    assert.equal(problems.length, 1)
    assert.match(problems[0] ?? '', /^SMTP_URL /)
    assert.ok(!problems.join().includes(secret))
  }
  assert.match(problemsOf({ SMTP_URL: 'smtps://mail.example.org' }).join(), /^MAIL_FROM is missing/)
})

test('MAIL_FROM is one address that a mail can come from', () => {
  const wrong = ['nobody', 'a@b@c.org', 'Two <a@example.org> <b@example.org>', 'a@example.org, b@example.org', '<>']

  for (const MAIL_FROM of wrong)
    assert.match(problemsOf({ MAIL_FROM, SMTP_URL: 'smtps://mail.example.org' }).join(), /^MAIL_FROM takes/, MAIL_FROM)
})
