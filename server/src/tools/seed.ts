import { hash } from 'node:crypto'
import { dirname } from 'node:path'
import {
  TERMS_VERSION,
  acceptRequest,
  askToTalk,
  createGroup,
  sendMessage,
  signIn,
  signOut,
  signUp,
  type LocalId,
  type RoomId,
  type UserId,
} from '@connectly/protocol'
import { createApp } from '../app.ts'
import { readConfig } from '../config.ts'
import { features } from '../features/features.ts'
import { defaultLimits, type LimitTable } from '../kernel/limits.ts'
import { createLogger } from '../kernel/logger.ts'
import type { Services } from '../kernel/services.ts'
import { defaultTallies, type TallyTable } from '../kernel/tallies.ts'
import { metaTable } from '../kernel/tables.ts'
import { openStore } from '../store/open.ts'
import { insert, patch, type Change, type Write } from '../store/store.ts'
import { askerAt, type Asker } from './asker.ts'
import { dataFlag, Failed, plural, type Command } from './command.ts'
import { asked, PASSWORD, people, talks, type Name } from './seed-people.ts'
import { settingsOf, storeMeant, type Named } from './stores.ts'

const DAY = 24 * 60 * 60 * 1000
const MINUTE = 60_000
/** The row that tells a seeded store from one with people of its own. */
const MARK = { name: 'seeded' }

/** Fills an empty store with people and what they said, by asking a server as clients do. */
export const seed: Command = {
  name: 'seed',
  says: 'Fills an empty store with people, rooms and messages to try things with, and prints their logins.',
  flags: { data: dataFlag },
  run: async (values, env, say) => {
    if (env['NODE_ENV'] === 'production')
      throw new Failed('Everybody knows the password of seeded people: seed does not run with NODE_ENV=production.')
    const named = storeMeant(values, env)
    const name = named.engine === 'SQLite' ? dirname(named.file) : named.name
    const state = await stateOf(named)
    if (state === 'others') throw new Failed(`There are people in ${name} already; seed fills an empty store only.`)
    if (state === 'seeded') say(`${name} is seeded already.`)
    else say(`${name} is seeded: ${await fill(named)}.`)
    say(`\nThe password of everybody is: ${PASSWORD}`)
    for (const [username, name] of Object.entries(people)) say(`  ${username.padEnd(8)} ${name}`)
    return 0
  },
}

/** Its people sign up as anybody might, whoever may come in otherwise. */
const open: Partial<Services> = {
  captcha: { kind: 'none', siteKey: '', give: () => null, holds: () => Promise.resolve(true) },
  entry: { registration: 'open', guests: false },
}

/** Seeding marks the store as its own before it begins, so that one that was cut off may be gone on with. */
async function stateOf(named: Named): Promise<'begun' | 'seeded' | 'others'> {
  const store = await openStore(settingsOf(named))
  try {
    const mark = await store.get(metaTable, MARK)
    if (mark) return mark.value === 'done' ? 'seeded' : 'begun'
    const users = features.flatMap(({ tables = [] }) => tables).find(({ name }) => name === 'users')
    if (users && (await store.count(users, {}, 1)) > 0) return 'others'
    await store.commit([writing(insert(metaTable, { ...MARK, value: 'begun' }))], Date.now())
    return 'begun'
  } finally {
    await store.close()
  }
}

/** Says everything there is to say, on a clock that began a week ago. */
async function fill(named: Named): Promise<string> {
  const today = Date.now()
  let now = today - 7 * DAY
  const at = named.engine === 'SQLite' ? { DATA_DIR: dirname(named.file) } : { [named.setting]: named.address }
  const app = await createApp(readConfig({ ...at, PORT: '0', LOG_LEVEL: 'error' }), {
    logger: createLogger('error'),
    limits: roomy,
    tallies: talkative,
    clock: () => now,
    services: open,
  })
  let messages = 0
  try {
    const who = await everybody(await app.listen())
    const rooms = new Map<string, RoomId>()
    for (const { from, to, text, isAccepted } of asked) {
      now += MINUTE
      const ask = { toId: who[to].userId, text, localId: keyOf(`${from} asks ${to}`) }
      const { requestId } = await who[from].ask(askToTalk, ask)
      now += MINUTE
      if (isAccepted) rooms.set(pair(from, to), (await who[to].ask(acceptRequest, { requestId })).roomId)
    }
    for (const { group, between, daysAgo, lines } of talks) {
      now = today - daysAgo * DAY
      const [first, ...others] = between
      const roomId = group ? await openGroup(who, group, first, others) : rooms.get(pair(first, others[0] ?? first))
      if (!roomId) throw new Error(`${between.join(' and ')} share no room`)
      for (const [nth, [name, text]] of lines.entries()) {
        now += MINUTE / 2 + ((nth * 7) % 5) * MINUTE
        const localId = keyOf(`${group ?? between.join()} ${nth}`)
        await who[name].ask(sendMessage, { roomId, localId, body: { kind: 'text', text } })
        messages++
      }
    }
    for (const person of Object.values(who)) await person.ask(signOut, {})
    await app.store.commit([writing(patch(metaTable, MARK, { set: { value: 'done' } }))], now)
  } finally {
    await app.stop()
  }
  return `${plural(Object.keys(people).length, 'person', 'people')}, ${plural(talks.length, 'conversation')}, ${plural(messages, 'message')}`
}

type Everybody = Record<Name, Asker & { userId: UserId }>

/** Everybody signed up, or signed in where a seeding was cut off after that. */
async function everybody(url: string): Promise<Everybody> {
  const entries = await Promise.all(
    Object.entries(people).map(async ([username, name]) => {
      const person = askerAt(url)
      const answer = await person.tries(signUp, { username, password: PASSWORD, name, terms: TERMS_VERSION })
      const userId = answer.ok
        ? answer.value.userId
        : (await person.ask(signIn, { username, password: PASSWORD })).person?.userId
      return [username, { ...person, userId }]
    }),
  )
  return Object.fromEntries(entries) as Everybody
}

async function openGroup(who: Everybody, name: string, owner: Name, others: readonly Name[]): Promise<RoomId> {
  const userIds = others.map((other) => who[other].userId)
  return (await who[owner].ask(createGroup, { localId: keyOf(name), name, userIds })).roomId
}

const pair = (a: Name, b: Name): string => [a, b].toSorted().join()

/** The same key for the same words, so that a seeding begun again does nothing twice. */
function keyOf(words: string): LocalId {
  const hex = hash('sha256', words, 'hex')
  return [8, 12, 16, 20, 32].map((end, nth) => hex.slice([0, 8, 12, 16, 20][nth], end)).join('-') as LocalId
}

const roomy = Object.fromEntries(
  Object.entries(defaultLimits).map(([name, limit]) => [name, { ...limit, points: 1_000_000 }]),
) as LimitTable

/** They say in a moment what took them a week. */
const talkative = Object.fromEntries(
  Object.entries(defaultTallies).map(([name, tally]) => [name, { ...tally, points: 1_000_000 }]),
) as TallyTable

const writing = (write: Write): Change => ({
  places: [],
  given: [],
  make: () => ({ writes: [write], events: [], result: null }),
})
