import assert from 'node:assert/strict'
import { after, beforeEach, test } from 'node:test'
import type { UserId } from '@connectly/protocol'
import { createLogger, type Logger } from '../kernel/logger.ts'
import { newLink, spend } from '../kernel/links.ts'
import { postMail, type NewMail } from '../kernel/mails.ts'
import { mailTable } from '../kernel/tables.ts'
import { linkIn, localServer, startHangingServer, startMailServer, type TestMailServer } from '../mail-kit.ts'
import type { Write } from '../store/store.ts'
import { newId, startServer, type TestServer } from '../test-kit.ts'
import { createMailQueue } from './queue.ts'
import { createSmtp } from './smtp.ts'

const MINUTE = 60 * 1000
const HOUR = 60 * MINUTE
const SECRET_ADDRESS = 'secret@example.org'

let ahead = 0
const clock = () => Date.now() + ahead
const lines: { level: string; fields: object; text: string }[] = []
const logger = heardLogger()
const mails: TestMailServer = await startMailServer()
const server: TestServer = await startServer({ clock, logger, config: { mail: mails.settings } })
after(async () => {
  await server.stop()
  await mails.stop()
})

beforeEach(async () => {
  mails.arrived.length = 0
  lines.length = 0
  for (const key of ['atSender', 'atRecipient', 'atData'] as const) delete mails.replies[key]
  const waiting = await rows()
  await commit(waiting.map(({ mailId }) => ({ do: 'remove', table: mailTable, key: { mailId } })))
})

test('a mail leaves after the commit that asked for it, once, and its row is gone', async () => {
  await post({ to: 'maya@example.org', template: 'left', params: { name: 'Maya' }, now: clock() })
  server.app.services.mails.wake()
  server.app.services.mails.wake()

  const mail = await mails.mailTo('maya@example.org')
  await settled()

  assert.equal(mail.subject, 'Your account is gone')
  assert.match(mail.text, /^Goodbye\n\nMaya, your account has been deleted/)
  assert.equal(mails.arrived.length, 1)
  assert.deepEqual(await rows(), [])
})

test('many mails at once all leave, each once, also when two processes look for them', async () => {
  const other = queueFor(mails.settings)
  const to = Array.from({ length: 120 }, (_, nth) => `many-${nth}@example.org`)
  await commit(to.map((each) => postMail({ to: each, template: 'left', params: { name: 'M' }, now: clock() })))

  server.app.services.mails.wake()
  await Promise.all([other.round(), other.round()])
  await settled()

  assert.deepEqual(mails.arrived.flatMap((mail) => mail.to).toSorted(), to.toSorted())
})

test('nothing in the store opens anything: the token is made when the mail leaves', async () => {
  const userId = newId<UserId>()
  const link = newLink({ purpose: 'reset', userId, now: clock(), life: HOUR })
  const params = { username: 'maya', device: 'Firefox on Linux', from: 'internet', at: clock() } as const
  await commit([
    link.write,
    postMail({ to: 'a@example.org', template: 'reset', params, linkId: link.linkId, now: clock() }),
  ])
  const [row] = await rows()
  const token = server.app.services.seals.linkToken(link.linkId)

  server.app.services.mails.wake()
  const mail = await mails.mailTo('a@example.org')

  assert.equal(linkIn(mail).token, token)
  assert.ok(!JSON.stringify(row).includes(token.split('.')[1] ?? token))
  assert.ok(linkIn(mail).url.startsWith(`${server.url}/reset#`))
})

test('a mail whose link was used, withdrawn or has run out stays away, and so does one to nobody', async () => {
  const [used, old] = [1, 2].map(() => newLink({ purpose: 'notMe', userId: null, now: clock(), life: MINUTE }))
  const params = { name: 'Maya', device: '', from: 'internet', at: clock() } as const
  const mailFor = (linkId: string) =>
    postMail({ to: 'a@example.org', template: 'newDevice', params, linkId, now: clock() })
  await commit([used!.write, old!.write, mailFor(used!.linkId), mailFor(old!.linkId)])
  await commit([spend(used!), postMail({ to: '', template: 'left', params: { name: '' }, now: clock() })])
  ahead += 2 * MINUTE

  await settled()

  assert.equal(mails.arrived.length, 0)
})

test('what the server takes later is tried again after 1, 5 and 25 minutes, and arrives', async () => {
  mails.replies.atRecipient = 451
  await post({ to: 'late@example.org', template: 'left', params: { name: 'L' }, now: clock() })

  for (const [nth, wait] of [1, 5, 25].entries()) {
    server.app.services.mails.wake()
    await until(() => triesLogged() === nth + 1)
    const [row] = await rows()
    assert.equal(Math.round(((row?.nextAt ?? 0) - clock()) / MINUTE), wait)
    ahead += wait * MINUTE
  }
  delete mails.replies.atRecipient
  server.app.services.mails.wake()
  await mails.mailTo('late@example.org')
  await settled()

  assert.deepEqual(await rows(), [])
})

test('what the server refuses for good is given up at once, in one line that names no address', async () => {
  for (const reply of [{ atRecipient: 550 }, { atData: 554 }]) {
    lines.length = 0
    Object.assign(mails.replies, reply)
    await post({ to: SECRET_ADDRESS, template: 'left', params: { name: 'Secret Name' }, now: clock() })

    await settled()
    for (const key of ['atRecipient', 'atData'] as const) delete mails.replies[key]

    assert.equal(lines.filter(({ level }) => level === 'error').length, 1)
    assert.match(lines[0]?.text ?? '', /given up/)
    assert.match(JSON.stringify(lines), /55[04]/)
    assert.doesNotMatch(JSON.stringify(lines), /secret/i)
  }
  assert.equal(mails.arrived.length, 0)
})

test('a sender that is not wanted is the operator’s matter: the mail waits, and the line names the setting', async () => {
  mails.replies.atSender = 553
  await post({ to: 'a@example.org', template: 'left', params: { name: 'A' }, now: clock() })

  server.app.services.mails.wake()
  await until(() => triesLogged() === 1)

  assert.match(JSON.stringify(lines), /MAIL_FROM/)
  assert.equal((await rows()).length, 1)
})

test('after three days of trying it is given up', async () => {
  mails.replies.atRecipient = 451
  await post({ to: SECRET_ADDRESS, template: 'left', params: { name: 'L' }, now: clock() })
  const begun = clock()

  while (!lines.some(({ text }) => /given up/.test(text))) {
    const before = lines.length
    server.app.services.mails.wake()
    await until(() => lines.length > before)
    ahead += 4 * HOUR
  }

  await settled()

  const hours = (clock() - begun) / HOUR
  assert.ok(hours >= 72 && hours <= 82, `${hours} hours`)
  assert.equal(lines.filter(({ text }) => /given up/.test(text)).length, 1)
  assert.doesNotMatch(JSON.stringify(lines), /secret/i)
})

test('a server that is away costs one try a round, and everything arrives when it is back', async () => {
  const away = queueFor(localServer(1))
  const to = Array.from({ length: 20 }, (_, nth) => `back-${nth}@example.org`)
  await commit(to.map((each) => postMail({ to: each, template: 'left', params: { name: 'B' }, now: clock() })))

  await away.round()
  const tried = (await rows()).filter(({ tries }) => tries > 0)
  ahead += 2 * MINUTE
  await settled()

  assert.equal(tried.length, 1)
  assert.match(JSON.stringify(lines), /SMTP_URL is away/)
  assert.deepEqual(mails.arrived.flatMap((mail) => mail.to).toSorted(), to.toSorted())
})

test('a server that hangs is given its time, and one that goes silent in the middle too', async () => {
  const hanging = await startHangingServer()
  const queue = queueFor(hanging.settings, 300)
  await post({ to: 'a@example.org', template: 'left', params: { name: 'A' }, now: clock() })

  const began = performance.now()
  await queue.round()
  const took = performance.now() - began
  await hanging.stop()

  assert.ok(took >= 250 && took < 3000, `${took} ms`)
  assert.match(JSON.stringify(lines), /tried again later/)
  assert.equal((await rows())[0]?.tries, 1)
})

test('a stop waits for a hanging server no longer than three seconds, and the mail stays', async () => {
  const hanging = await startHangingServer()
  const queue = queueFor(hanging.settings)
  await post({ to: 'a@example.org', template: 'left', params: { name: 'A' }, now: clock() })
  const round = queue.round()
  await until(() => hanging.connections() > 0)

  const began = performance.now()
  await queue.stop()
  await round
  const took = performance.now() - began
  await hanging.stop()

  assert.ok(took < 4000, `${took} ms`)
  assert.equal((await rows()).length, 1)
})

test('a mail of a kind that nobody knows does not hold up the others', async () => {
  const unknown = { to: 'x@example.org', template: 'left', params: { name: 'X' } } as const
  await commit([
    postMail({ ...unknown, template: 'unheardOf' as 'left', now: clock() - 10 }),
    postMail({ ...unknown, template: 'constructor' as 'left', now: clock() - 10 }),
    postMail({ ...unknown, now: clock() }),
  ])

  server.app.services.mails.wake()
  await mails.mailTo('x@example.org')

  assert.match(JSON.stringify(lines), /a fault of ours/)
})

const rows = () => server.app.store.find(mailTable, { limit: 500 })
const triesLogged = () => lines.filter(({ text }) => /tried again later/.test(text)).length

const queueFor = (settings: Parameters<typeof createSmtp>[0], patience?: number) =>
  createMailQueue({
    store: server.app.store,
    clock,
    logger,
    seals: server.app.services.seals,
    mailer: createSmtp(settings, patience),
    house: () => ({ url: server.url, operator: null }),
  })

/** Until nothing waits any more. */
async function settled(): Promise<void> {
  server.app.services.mails.wake()
  await until(async () => (await rows()).length === 0)
}

/** Waits until this holds; fails after five seconds. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const limit = Date.now() + 5000
  while (!(await holds())) {
    assert.ok(Date.now() < limit, 'what was waited for did not happen')
    await new Promise((done) => setTimeout(done, 5))
  }
}

const post = (mail: NewMail) => commit([postMail(mail)])

async function commit(writes: readonly Write[]): Promise<void> {
  const [outcome] = await server.app.store.commit(
    [{ places: [], given: [], make: () => ({ writes, events: [], result: null }) }],
    clock(),
  )
  assert.equal(outcome?.kind, 'done')
}

/** Keeps what is logged, and wakes whoever waits. */
function heardLogger(): Logger {
  const hear = (level: string) => (fields: object, text: string) => void lines.push({ level, fields, text })
  return {
    ...createLogger('fatal'),
    debug: () => undefined,
    info: hear('info'),
    warn: hear('warn'),
    error: hear('error'),
  }
}
