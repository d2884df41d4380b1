/**
 * Whether the time of a refused sign-in tells who has an account: `node bench/src/timing.ts [samples]`, 500 of each kind unless
 * it is said. Prints medians, by how much each differs from that of a wrong password, and the median of the differences to the
 * wrong password of the same round, which a machine that has other things to do disturbs less. Fails above five milliseconds.
 */
import { signIn, signUp, TERMS_VERSION, type UserId } from '@connectly/protocol'
import { addPerson, startServer } from '@connectly/server/test-kit'
import { userTable } from '../../server/src/features/accounts/index.ts'
import { patch } from '../../server/src/store/store.ts'

const GOAL_MS = 5
const HOUR = 60 * 60 * 1000
const samples = Number(process.argv[2] ?? 500)
const password = 'eight grey herons wade'

let skew = 0
// Nobody waits here: an hour and more passes between two guesses, while each is counted as it always is.
const server = await startServer({ clock: () => Date.now() + skew })
const [known, withoutPassword] = ['a-known-name', 'without-password']
const right = 'seven grey herons wade'
const made = await ask(signUp.name, { username: known, password: right, terms: TERMS_VERSION })
await addPerson(server.app.store, withoutPassword)
await addPerson(server.app.store, 'some-guest', 'guest')
await addPerson(server.app.store, 'some-bot', 'bot')
const email = 'somebody@example.org'
const { userId } = (made as { value: { userId: UserId } }).value
const change = patch(userTable, { userId }, { set: { email, emailKey: email } })
const make = () => ({ writes: [change], events: [], result: null })
await server.app.store.commit([{ places: [], given: [], make }], Date.now())

const kinds: Record<string, (nth: number) => string> = {
  'wrong password': () => known,
  'known mail address': () => email,
  'unknown name': (nth) => `nobody-${nth}`,
  'unknown mail address': (nth) => `nobody-${nth}@example.org`,
  'no password': () => withoutPassword,
  guest: () => 'some-guest',
  bot: () => 'some-bot',
}
const times = new Map(Object.keys(kinds).map((kind) => [kind, [] as number[]]))
for (let nth = -5; nth < samples; nth++)
  // In another order each time, so that none has the better place.
  for (const [kind, name] of Object.entries(kinds).toSorted(() => Math.random() - 0.5)) {
    skew += 25 * HOUR
    const began = performance.now()
    await ask(signIn.name, { username: name(nth), password })
    if (nth >= 0) times.get(kind)?.push(performance.now() - began)
  }
await server.stop()

const base = medianOf(times.get('wrong password') ?? [])
let worst = 0
for (const [kind, list] of times) {
  const median = medianOf(list)
  worst = Math.max(worst, Math.abs(median - base))
  const pairs = list.map((ms, nth) => ms - (times.get('wrong password')?.[nth] ?? 0))
  const figures = `median ${median.toFixed(2)} ms, ${signed(median - base)} ms; by pairs ${signed(medianOf(pairs))} ms`
  console.log(`${kind.padEnd(22)} ${String(list.length).padStart(5)} samples, ${figures}`)
}
console.log(`The medians differ by ${worst.toFixed(2)} ms at most; the goal is less than ${GOAL_MS}.`)
process.exitCode = worst < GOAL_MS ? 0 : 1

async function ask(name: string, input: unknown): Promise<unknown> {
  const response = await fetch(`${server.url}/api/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(input),
  })
  return response.json()
}

function signed(ms: number): string {
  return (ms >= 0 ? '+' : '') + ms.toFixed(2)
}

function medianOf(list: readonly number[]): number {
  const sorted = list.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}
