import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { openLogFile } from './log-files.ts'

const root = mkdtempSync(join(tmpdir(), 'connectly-log-files-'))
after(() => rmSync(root, { recursive: true, force: true }))

const line = (nth: number) => `${JSON.stringify({ nth, filled: 'x'.repeat(80) })}\n`
const read = (dir: string, name: string) => readFileSync(join(dir, name), 'utf8')
const numbersIn = (text: string) =>
  text
    .split('\n')
    .filter(Boolean)
    .map((each) => (JSON.parse(each) as { nth: number }).nth)

/** A log file in a folder of its own, and what became of it. */
function open(name: string, settings: { maxSize?: number; keep?: number } = {}, retryAfter = 0) {
  const dir = join(root, name)
  const instead: string[] = []
  const failures: string[] = []
  const file = openLogFile(
    { dir, maxSize: 100_000, keep: 2, ...settings },
    'app.log',
    (lines) => void instead.push(lines),
    (error) => void failures.push(error.message),
    retryAfter,
  )
  return { dir, file, instead, failures }
}

async function until(holds: () => boolean, what: string): Promise<void> {
  for (const by = Date.now() + 5000; !holds(); await new Promise((done) => setTimeout(done, 10)))
    assert.ok(Date.now() < by, what)
}

test('a log grows to its size, is rotated, and the oldest file is deleted: what is there is the end of what was written', async () => {
  const { dir, file, instead } = open('rotated', { keep: 3 })
  const count = 6000

  for (let nth = 0; nth < count; nth++) {
    file.write(line(nth))
    if (nth % 500 === 0) await new Promise((done) => setImmediate(done))
  }
  await file.close()

  assert.deepEqual(readdirSync(dir).toSorted(), ['app.log', 'app.log.1', 'app.log.2'])
  const kept = numbersIn(['app.log.2', 'app.log.1', 'app.log'].map((name) => read(dir, name)).join(''))
  assert.deepEqual(
    kept,
    Array.from({ length: kept.length }, (_, at) => count - kept.length + at),
  )
  assert.ok(kept.length > 1500 && kept.length < count)
  for (const name of readdirSync(dir)) {
    const { size, mode } = statSync(join(dir, name))
    assert.ok(size <= 100_000 + 16_384, `${name} has ${size} bytes`)
    if (process.platform !== 'win32') assert.equal(mode & 0o777, 0o600)
  }
  if (process.platform !== 'win32') assert.equal(statSync(dir).mode & 0o777, 0o700)
  assert.deepEqual(instead, [])
})

test('closing loses nothing, and the next start goes on in the same file', async () => {
  const first = open('again')
  for (let nth = 0; nth < 300; nth++) first.file.write(line(nth))
  await first.file.close()

  const second = open('again')
  second.file.write(line(300))
  await second.file.close()

  assert.deepEqual(
    numbersIn(read(first.dir, 'app.log')),
    Array.from({ length: 301 }, (_, nth) => nth),
  )
})

test('a folder that cannot be made is told once, its lines go elsewhere, and nothing is thrown', async () => {
  writeFileSync(join(root, 'occupied'), '')
  const { file, instead, failures } = open('occupied', {}, 60_000)

  for (let nth = 0; nth < 3; nth++) {
    file.write(line(nth))
    await new Promise((done) => setImmediate(done))
  }
  await file.close()

  assert.equal(failures.length, 1)
  assert.deepEqual(numbersIn(instead.join('')), [0, 1, 2])
})

test('a folder that is lost while the server runs loses no line, and is used again when it is back', async () => {
  const { dir, file, instead, failures } = open('lost')
  file.write(line(0))
  await until(() => (statSync(join(dir, 'app.log'), { throwIfNoEntry: false })?.size ?? 0) > 0, 'a line is in the file')

  renameSync(dir, `${dir}-away`)
  writeFileSync(dir, '')
  let nth = 1
  for (; failures.length === 0; nth++) {
    file.write(line(nth))
    if (nth % 100 === 0) await new Promise((done) => setImmediate(done))
    assert.ok(nth < 100_000, 'rotating into nothing fails')
  }
  await until(() => instead.length > 0, 'lines go elsewhere')
  rmSync(dir)
  mkdirSync(dir)
  file.write(line(nth))
  await file.close()

  const written = numbersIn([read(`${dir}-away`, 'app.log'), instead.join(''), read(dir, 'app.log')].join(''))
  assert.deepEqual(
    [...new Set(written)].toSorted((a, b) => a - b),
    Array.from({ length: nth + 1 }, (_, at) => at),
  )
  assert.equal(numbersIn(read(dir, 'app.log')).at(-1), nth)
})
