import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'

/* The program itself, as a process of its own, with its log in files. */

const running = new Set<ChildProcess>()
const root = mkdtempSync(join(tmpdir(), 'connectly-logs-'))
after(() => {
  for (const child of running) child.kill('SIGKILL')
  rmSync(root, { recursive: true, force: true })
})

async function start(name: string, env: Record<string, string> = {}) {
  const logs = join(root, name, 'logs')
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], {
    env: { PORT: '0', DATA_DIR: join(root, name, 'data'), LOG_DIR: logs, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.add(child)
  const said = { out: '', err: '' }
  child.stderr.on('data', (text: Buffer) => (said.err += text.toString()))
  const ended = once(child, 'close').then(([code]) => {
    running.delete(child)
    return code as number | null
  })
  const url = await new Promise<string>((done, fail) => {
    child.stdout.on('data', (text: Buffer) => {
      said.out += text.toString()
      const address = /Connectly is at (\S+)/.exec(said.out)?.[1]
      if (address) done(address)
    })
    void ended.then((code) => fail(new Error(`it ended with ${code}: ${said.err}`)))
  })
  const stop = async () => {
    child.kill('SIGTERM')
    return ended
  }
  return { logs, said, stop, url, read: (file: string) => linesOf(readFileSync(join(logs, file), 'utf8')) }
}

const linesOf = (text: string) =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>)

const ask = (url: string, name: string, input: unknown, headers: Record<string, string> = {}) =>
  fetch(`${url}/api/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(input),
  })

test('access, errors and the rest are apart in files that only their owner reads, and a normal stop loses no line', async () => {
  const { logs, read, said, stop, url } = await start('apart')

  const refused = await ask(url, 'rooms.create', {}, { authorization: `Bearer ${'x'.repeat(43)}` })
  const socket = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`)
  await new Promise((done) => {
    socket.onmessage = ({ data }) => {
      if (String(data).startsWith('0')) socket.send(`40${JSON.stringify({ token: 'nobody' })}`)
      if (String(data).startsWith('44')) done(null)
    }
  })
  socket.close()
  await ask(url, 'rooms.create', {}, { origin: 'https://elsewhere.example' })
  const code = await stop()

  assert.equal(code, 0)
  assert.equal(said.err, '')
  const [access, app] = [read('access.log'), read('app.log')]
  const requestId = refused.headers.get('x-request-id')
  const own = [...access, ...app].filter((line) => line['requestId'] === requestId).map((line) => line['msg'])
  assert.deepEqual(own, ['http', 'refused'])
  assert.deepEqual(
    access.map(({ msg, status }) => [msg, status]),
    [
      ['http', 401],
      ['http', 403],
    ],
  )
  assert.deepEqual(
    app.map(({ msg, code: reason, door }) => [msg, reason, door]),
    [
      ['refused', 'SignedOut', 'http'],
      ['refused', 'SignedOut', 'socket'],
      ['refused', 'BadOrigin', 'http'],
      ['stopping', undefined, undefined],
      ['stopped', undefined, undefined],
    ],
  )
  for (const line of [...access, ...app]) {
    assert.match(String(line['time']), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    assert.match(String(line['level']), /^(DEBUG|INFO|WARN|ERROR|CRITICAL)$/)
  }
  for (const file of readdirSync(logs)) assert.equal(statSync(join(logs, file)).mode & 0o777, 0o600, file)
  assert.ok(!existsSync(join(logs, 'error.log')) || read('error.log').length === 0)
})

test('under load the folder stays within LOG_MAX_SIZE and LOG_KEEP, and what is deleted is the oldest', async () => {
  const { logs, stop, url, read } = await start('bounds', { LOG_MAX_SIZE: '100kB', LOG_KEEP: '2' })
  const count = 2000

  const first = (await fetch(`${url}/health`)).headers.get('x-request-id')
  for (let done = 0; done < count; done += 50)
    await Promise.all(Array.from({ length: 50 }, () => fetch(`${url}/health`).then((answer) => answer.arrayBuffer())))
  const last = (await fetch(`${url}/health`)).headers.get('x-request-id')
  await stop()

  assert.deepEqual(
    readdirSync(logs)
      .filter((file) => file.startsWith('access'))
      .toSorted(),
    ['access.log', 'access.log.1'],
  )
  const kept = [...read('access.log.1'), ...read('access.log')]
  const size = readdirSync(logs).reduce((sum, file) => sum + statSync(join(logs, file)).size, 0)
  assert.ok(size < 2 * 116_384, `${size} bytes`)
  assert.ok(kept.length > 300 && kept.length < count)
  assert.ok(!kept.some((line) => line['requestId'] === first))
  assert.equal(kept.at(-1)?.['requestId'], last)
})

test('a LOG_DIR that cannot be written to is one line on standard error, and the chat goes on', async () => {
  writeFileSync(join(root, 'a file'), '')
  const { said, stop, url } = await start('unwritable', { LOG_DIR: join(root, 'a file') })

  const statuses = [(await fetch(`${url}/ready`)).status, (await ask(url, 'rooms.create', {})).status]
  const code = await stop()

  assert.deepEqual([statuses, code], [[200, 401], 0])
  const lines = linesOf(said.err)
  assert.equal(lines.filter(({ msg }) => String(msg).startsWith('LOG_DIR cannot be written to')).length, 1)
  assert.deepEqual(
    lines.filter(({ msg }) => !String(msg).startsWith('LOG_DIR')).map(({ msg }) => msg),
    ['refused', 'stopping', 'stopped'],
  )
})

test('an X-Request-Id that can be nothing but an id is taken over into the answer and all lines; any other is not', async () => {
  const { read, stop, url } = await start('ids')
  const given = ['4f0a3c1d9b7e4f0a3c1d9b7e4f0a3c1d', '0198f0aa-7c1e-7c1e-8c1e-0123456789ab']
  const others = ['short', 'sea-horses and herons at dawn', 'Xy3'.repeat(15), 'f'.repeat(65), 'a"b'.repeat(9)]

  const answers = await Promise.all(
    [...given, ...others].map(async (id) => {
      const response = await ask(url, 'rooms.create', {}, { 'x-request-id': id })
      const { refusal } = (await response.json()) as { refusal: { requestId: string } }
      return [response.headers.get('x-request-id'), refusal.requestId]
    }),
  )
  await stop()

  for (const [at, id] of given.entries()) {
    assert.deepEqual(answers[at], [id, id])
    const lines = [...read('access.log'), ...read('app.log')].filter((line) => line['requestId'] === id)
    assert.deepEqual(
      lines.map(({ msg }) => msg),
      ['http', 'refused'],
    )
  }
  for (const [at, id] of others.entries()) {
    const [header, inBody] = answers[given.length + at] ?? []
    assert.equal(header, inBody)
    assert.notEqual(header, id)
    assert.match(String(header), /^[0-9a-f-]{36}$/)
  }
})

test('LOG_LEVEL decides what is said, from debug to fatal, which is CRITICAL', async () => {
  const levels = ['debug', 'info', 'warn', 'error', 'fatal'] as const
  const script = `
    const { createLogger } = await import(${JSON.stringify(join(import.meta.dirname, 'kernel/logger.ts'))})
    const levels = ${JSON.stringify(levels)}
    for (const level of levels) {
      const logger = createLogger(level)
      for (const each of levels) logger[each]({ at: level }, 'said')
    }
  `
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'ignore', 'pipe'] })
  let err = ''
  child.stderr.on('data', (text: Buffer) => (err += text.toString()))

  await once(child, 'close')

  const said = (at: string) => linesOf(err).flatMap((each) => (each['at'] === at ? [each['level']] : []))
  const words = ['DEBUG', 'INFO', 'WARN', 'ERROR', 'CRITICAL']
  assert.deepEqual(
    levels.map(said),
    words.map((_, from) => words.slice(from)),
  )
})

test('nothing that is logged forges a line, or commands the terminal that shows it', async () => {
  const dir = join(root, 'forged')
  const script = `
    const { openLogs } = await import(${JSON.stringify(join(import.meta.dirname, 'kernel/logger.ts'))})
    const logs = openLogs('debug', { dir: ${JSON.stringify(dir)}, maxSize: 100000, keep: 2 })
    const hostile = ${JSON.stringify(hostile)}
    for (const each of hostile) {
      logs.logger.info({ [each]: each, nested: { [each]: [each] }, error: new Error(each) }, each)
      logs.access({ path: each }, each)
    }
    await logs.close()
  `
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'inherit' })

  const [code] = (await once(child, 'close')) as [number]

  assert.equal(code, 0)
  for (const file of ['app.log', 'access.log']) {
    const text = readFileSync(join(dir, file), 'utf8')
    assert.equal(text.split('\n').length - 1, hostile.length, file)
    assert.deepEqual(
      linesOf(text).map(({ msg }) => msg),
      hostile,
    )
    // oxlint-disable-next-line no-control-regex -- these are the ones to look for
    assert.doesNotMatch(text.replaceAll('\n', ''), /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/)
  }
})

const line = '{"level":"INFO","time":"2026-01-01T00:00:00.000Z","msg":"all is well"}'
const hostile = [
  `x\n${line}`,
  `x\r\n${line}\r\n`,
  `x\u2028${line}\u2029`,
  `x\u0085${line}`,
  '\u001b[2J\u001b[1;31mgone',
  '\u009b2J',
  '\u202eolleh\u202c \u2066a\u2069',
  '\u0000\b\f\v\u007f',
  `","level":"CRITICAL","msg":"forged`,
  '\\n\\u000a\\',
]
