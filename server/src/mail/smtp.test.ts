import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { localServer, startMailServer, type Arrived } from '../mail-kit.ts'
import { selfSigned } from '../store/certificate-kit.ts'
import { MailDelayed, MailRefused, type Mail } from './mail.ts'
import type { MailServer } from './settings.ts'
import { createSmtp } from './smtp.ts'

const certificate = selfSigned([{ dns: 'localhost' }, { ip: '127.0.0.1' }])
const plain = await startMailServer()
const encrypted = await startMailServer({ ...certificate, disabledCommands: [] })
after(() => Promise.all([plain.stop(), encrypted.stop()]))

let sent = 0
const mail = (more: Partial<Mail> = {}): Mail => ({
  mailId: `mail-${++sent}`,
  template: 'left',
  to: `to-${sent}@example.org`,
  subject: 'Hello',
  text: 'Hello\n',
  html: '<p>Hello</p>',
  link: null,
  at: Date.UTC(2026, 10, 21, 12),
  ...more,
})

async function sentBy(server: MailServer, given: Mail): Promise<void> {
  await createSmtp(server).send(given, new AbortController().signal)
}

async function arrivedAt(given: Mail, at = plain): Promise<Arrived> {
  const before = at.arrived.length
  await sentBy(at.settings, given)
  await at.until(() => at.arrived.length > before)
  return at.arrived[before] as Arrived
}

test('plain words and HTML arrive as they were written, in every script, with one of each header', async () => {
  const text = 'Žluťoučký kůň 🐎\n.\n..dots at the start\nאבג\n' + 'x'.repeat(2000)
  const html = `<p title="a">${'ü'.repeat(600)} &amp; =3D</p>`

  const { headers, subject, ...arrived } = await arrivedAt(mail({ subject: 'Grüße, 世界 🎉', text, html }))

  assert.equal(subject, 'Grüße, 世界 🎉')
  assert.equal(arrived.text.trimEnd(), text)
  assert.equal(arrived.html.trimEnd(), html)
  for (const name of ['from', 'to', 'subject', 'date', 'message-id', 'mime-version', 'content-type'])
    assert.equal(headers[name]?.length, 1, name)
  assert.match(headers['content-type']?.[0] ?? '', /^multipart\/alternative/)
  assert.deepEqual(headers['auto-submitted'], ['auto-generated'])
  assert.equal(headers['message-id']?.[0], `<mail-${sent}@example.org>`)
  assert.ok(arrived.raw.split('\r\n').every((line) => Buffer.byteLength(line) <= 998))
})

test('no text makes a header or a recipient: line breaks, commas, quotes and brackets stay what they are', async () => {
  const hostile = [
    'Hello\r\nBcc: victim@example.org',
    'Hello\nBcc: victim@example.org\n\nbody',
    'Hello\r\n\r\n<h1>body</h1>',
    'Hello\u0000\u0085\u2028Bcc: victim@example.org',
    `${'long '.repeat(400)}\r\nX-Evil: 1`,
  ]

  for (const subject of hostile) {
    const { headers, to, from } = await arrivedAt(mail({ subject, to: 'maya@example.org' }))
    assert.deepEqual(to, ['maya@example.org'])
    assert.equal(from, 'chat@example.org')
    assert.deepEqual(
      Object.keys(headers).filter((name) => /bcc|evil/.test(name)),
      [],
    )
    assert.equal(headers['subject']?.length, 1)
  }
})

test('an address is one address, whatever stands in it, or is refused', async () => {
  const hostile = [
    'maya,victim@example.org',
    'maya;victim@example.org',
    'maya(victim@example.org)@example.org',
    'a\r\nRCPT TO:<victim@example.org>@example.org',
    'maya@example.org\r\nDATA',
    'victim@example.org,maya@example.org',
    '"victim@example.org" maya@example.org',
  ]

  for (const to of hostile) {
    const before = plain.arrived.length
    const outcome = await sentBy(plain.settings, mail({ to })).then(
      () => 'sent',
      (error: unknown) => (error instanceof MailRefused || error instanceof MailDelayed ? 'no' : error),
    )
    const mails = plain.arrived.slice(before)
    assert.ok(outcome === 'sent' || outcome === 'no', `${to}: ${String(outcome)}`)
    for (const arrived of mails) {
      assert.equal(arrived.to.length, 1, to)
      assert.notEqual(arrived.to[0], 'victim@example.org', to)
    }
  }
})

test('an international domain travels in its plain form, and an international mailbox where the server takes it', async () => {
  const domain = await arrivedAt(mail({ to: 'maya@bücher.example' }))
  const mailbox = await arrivedAt(mail({ to: 'münch@bücher.example' }))

  assert.deepEqual([domain.isUtf8, mailbox.isUtf8], [false, true])
  assert.deepEqual(domain.headers['to'], ['maya@xn--bcher-kva.example'])
  assert.deepEqual(mailbox.to, ['münch@bücher.example'])
})

test('the sender’s name is what the setting says, with quotes and letters of any script', async () => {
  for (const name of ['Chat, "ours" <x@y.org>', 'Běžný čet 💬', '']) {
    const before = plain.arrived.length
    await sentBy({ ...plain.settings, from: { name, address: 'chat@example.org' } }, mail())
    const { headers, from } = plain.arrived[before] as Arrived
    assert.equal(from, 'chat@example.org')
    assert.match(headers['from']?.[0] ?? '', /(?:^|<)chat@example\.org>?$/)
  }
})

test('STARTTLS is demanded of a server that is not this machine, and its certificate must be trusted', async () => {
  const elsewhere = { isLoopback: false, host: 'localhost' }
  const noTls = sentBy({ ...plain.settings, ...elsewhere }, mail())
  await assert.rejects(noTls, (error: unknown) => error instanceof MailDelayed && /TLS/.test(error.message))

  const before = encrypted.arrived.length
  const untrusted = sentBy({ ...encrypted.settings, ...elsewhere }, mail())
  await assert.rejects(untrusted, (error: unknown) => error instanceof MailDelayed && /TLS/.test(error.message))
  assert.equal(encrypted.arrived.length, before, 'nothing was said to it')

  const { isEncrypted } = await arrivedAt(mail(), encrypted)
  assert.ok(isEncrypted, 'on this machine it is used where it is offered')
})

test('smtps is encrypted from the first byte', async () => {
  const server = await startMailServer({ ...certificate, secure: true })

  await sentBy({ ...server.settings, isSecure: true }, mail())
  await server.stop()

  assert.equal(server.arrived[0]?.isEncrypted, true)
})

test('user and password open the server; wrong ones are the operator’s matter, and stand in no message', async () => {
  const login = { user: 'connectly', password: 'p@ss word/%' }
  const server = await startMailServer({
    authOptional: false,
    allowInsecureAuth: true,
    onAuth: ({ username, password }, _session, done) =>
      username === login.user && password === login.password ? done(null, { user: username }) : done(new Error('no')),
  })

  await sentBy({ ...server.settings, login }, mail())
  const wrong = sentBy({ ...server.settings, login: { ...login, password: 'hunter2hunter2' } }, mail())

  assert.equal(server.arrived[0]?.login, 'connectly')
  await assert.rejects(wrong, (error: unknown) => {
    assert.ok(error instanceof MailDelayed && error.isAway)
    assert.match(error.message, /SMTP_URL/)
    assert.ok(!JSON.stringify([error.message, error.stack]).includes('hunter2'))
    return true
  })
  await server.stop()
})

test('what a server says is sorted into later and never, and its words, which may hold the address, are left out', async () => {
  const answers = [
    [{ atRecipient: 450 }, MailDelayed],
    [{ atRecipient: 421 }, MailDelayed],
    [{ atRecipient: 550 }, MailRefused],
    [{ atData: 452 }, MailDelayed],
    [{ atData: 552 }, MailRefused],
    [{ atSender: 550 }, MailDelayed],
  ] as const

  for (const [reply, kind] of answers) {
    Object.assign(plain.replies, { atSender: undefined, atRecipient: undefined, atData: undefined }, reply)
    await assert.rejects(sentBy(plain.settings, mail({ to: 'secret@example.org' })), (error: unknown) => {
      assert.ok(error instanceof kind, `${JSON.stringify(reply)}: ${String(error)}`)
      assert.doesNotMatch(error.message, /secret/)
      return true
    })
  }
  Object.assign(plain.replies, { atSender: undefined, atRecipient: undefined, atData: undefined })
})

test('nobody at home is later, and for all', async () => {
  const nobody = sentBy(localServer(1), mail())
  const nowhere = sentBy({ ...localServer(25), host: 'mail.invalid' }, mail())

  for (const outcome of [nobody, nowhere])
    await assert.rejects(outcome, (error: unknown) => error instanceof MailDelayed && error.isAway)
})
