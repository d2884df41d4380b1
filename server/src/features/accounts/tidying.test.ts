import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { changeUsername } from '@connectly/protocol'
import { createBrowser } from '../../browser-kit.ts'
import { newLink } from '../../kernel/links.ts'
import { linkTable, tryTable } from '../../kernel/tables.ts'
import { newId, startServer, type TestServer } from '../../test-kit.ts'
import { deviceTable, heldNameTable } from './accounts.tables.ts'

const DAY = 24 * 60 * 60 * 1000
const tables = [tryTable, linkTable, heldNameTable, deviceTable]

test('what has had its time goes: guesses of a day ago, links that ran out, names that were held, browsers of last year', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'connectly-'))
  const first = await startServer({ dataDir })
  const browser = createBrowser(first.url)
  await browser.signsUp('tidy')
  await browser.ask(changeUsername, { username: 'tidier' })
  await first.app.services.tries.take('account', newId())
  const { write } = newLink({ purpose: 'invitation', userId: null, now: Date.now(), life: 7 * DAY })
  await first.app.store.commit(
    [{ places: [], given: [], make: () => ({ writes: [write], events: [], result: null }) }],
    Date.now(),
  )
  const there = await countsOf(first)
  await first.stop()

  const kept = await after(dataDir, 0, (counts) => counts.every((count) => count === 1))
  const day = await after(dataDir, DAY + 1000, ([tries]) => tries === 0)
  const month = await after(dataDir, 31 * DAY, ([, links, names]) => links === 0 && names === 0)
  const year = await after(dataDir, 366 * DAY, (counts) => counts.every((count) => count === 0))
  rmSync(dataDir, { recursive: true, force: true })

  assert.deepEqual(there, [1, 1, 1, 1])
  assert.deepEqual(kept, [1, 1, 1, 1])
  assert.deepEqual(day, [0, 1, 1, 1])
  assert.deepEqual(month, [0, 0, 0, 1])
  assert.deepEqual(year, [0, 0, 0, 0])
})

/** What is there once a server that was started so much later has looked. */
async function after(dataDir: string, later: number, isDone: (counts: number[]) => boolean): Promise<number[]> {
  const server = await startServer({ dataDir, clock: () => Date.now() + later })
  let counts = await countsOf(server)
  for (let tries = 0; tries < 200 && !isDone(counts); tries++) {
    await new Promise((done) => setTimeout(done, 20))
    counts = await countsOf(server)
  }
  await server.stop()
  return counts
}

const countsOf = ({ app }: TestServer): Promise<number[]> =>
  Promise.all(tables.map((table) => app.store.count(table as typeof tryTable, {}, 100)))
