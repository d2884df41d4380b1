import assert from 'node:assert/strict'
import { after, test, type TestContext } from 'node:test'
import { askReset, confirmEmailByLink } from '@connectly/protocol'
import { codeOf } from '../../browser-kit.ts'
import { linkIn } from '../../mail-kit.ts'
import { startEmails } from './emails-kit.ts'

/* What an answer does not say must not be told by how long it takes either. Each pair is asked in turns. */

const TURNS = 24

const world = await startEmails()
after(() => world.stop())

test('asking for a new password takes as long for an account with an address, without one, and for nobody', async (t) => {
  const owners = await Promise.all(Array.from({ length: 9 }, () => world.confirmed()))
  const { email: unconfirmed } = await world.newcomer()
  const known = owners.flatMap(({ email }) => Array<string>(3).fill(email))
  const browser = world.browser()
  const ask = (next: () => string) => async () => void (await browser.ask(askReset, { username: next() }))

  const medians = await compared(t, {
    known: ask(() => known.pop() ?? ''),
    unconfirmed: ask(() => unconfirmed),
    nobody: ask(() => world.address()),
  })

  assert.ok(isAlike(medians), JSON.stringify(medians))
})

test('asking for an address takes as long whether or not another account has it', async (t) => {
  const owners = await Promise.all(Array.from({ length: 7 }, () => world.confirmed()))
  const asker = await world.newcomer()
  const taken = owners.flatMap(({ email }) => Array<string>(4).fill(email))
  const ask = (next: () => string) => async () => assert.equal(codeOf(await world.sets(asker, next())), 'ok')

  const medians = await compared(t, { taken: ask(() => taken.pop() ?? ''), free: ask(() => world.address()) })

  assert.ok(isAlike(medians), JSON.stringify(medians))
})

test('a link that we never made, that was used, and whose address another account has by now, take as long', async (t) => {
  const [used, winner] = [await world.newcomer(), await world.newcomer()]
  const loser = await world.newcomer(winner.email)
  const spent = linkIn(await world.mails.mailTo(used.email)).token
  const won = linkIn(await world.mails.mailTo(winner.email)).token
  const lost = linkIn(await world.mails.mailTo(loser.email, 2)).token
  const browser = world.browser()
  for (const token of [spent, won]) await browser.ask(confirmEmailByLink, { token })
  const ask = (token: string) => async () =>
    assert.equal(codeOf(await browser.tries(confirmEmailByLink, { token })), 'LinkSpent')

  const medians = await compared(t, { unmade: ask(`${spent}x`), spent: ask(spent), lost: ask(lost) })

  assert.ok(isAlike(medians), JSON.stringify(medians))
})

/** Medians in ms, of asks made in turns after two to warm up; printed with what lies between them. */
async function compared(t: TestContext, asks: Record<string, () => Promise<void>>): Promise<Record<string, number>> {
  const took = new Map<string, number[]>(Object.keys(asks).map((name) => [name, []]))
  const list = Object.entries(asks)
  for (let turn = -2; turn < TURNS; turn++)
    // Each comes first as often as any other: what goes before slows what comes after.
    for (let nth = 0; nth < list.length; nth++) {
      const [name, ask] = list[(nth + turn + 2) % list.length] ?? ['', async () => undefined]
      const began = performance.now()
      await ask()
      if (turn >= 0) took.get(name)?.push(performance.now() - began)
    }
  await world.settled()
  const medians = Object.fromEntries([...took].map(([name, list]) => [name, medianOf(list)]))
  const values = Object.values(medians)
  const shown = Object.entries(medians).map(([name, median]) => `${name} ${median.toFixed(2)} ms`)
  t.diagnostic(`${shown.join(', ')}; apart by ${(Math.max(...values) - Math.min(...values)).toFixed(2)} ms`)
  return medians
}

const isAlike = (medians: Record<string, number>): boolean => {
  const values = Object.values(medians)
  return Math.max(...values) < 2 * Math.min(...values) || Math.max(...values) - Math.min(...values) < 1.5
}

const medianOf = (list: readonly number[]): number => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)] ?? 0
