import { parseArgs } from 'node:util'
import { createApp } from '@connectly/server/app'
import { roomyLimits } from '@connectly/server/test-kit'
import { messageSent, type Place } from '@connectly/protocol'
import { features } from '../../server/src/features/features.ts'
import { on, type Feature } from '../../server/src/kernel/feature.ts'
import { createLogger } from '../../server/src/kernel/logger.ts'
import { metaTable } from '../../server/src/kernel/tables.ts'
import { eventTable, placeTable } from '../../server/src/store/log-tables.ts'
import { insert } from '../../server/src/store/store.ts'
import { mortal, planted, type Bug, type Moment } from './faults.ts'
import type { Final } from './history.ts'

/* The server that crash tests kill: the real one, with one reaction more and, if asked, a planted bug. */

/** What the run asks of its server, and what it hears back. */
export type Ask = { do: 'die'; moment: Moment } | { do: 'progress' } | { do: 'read' }
export type Said =
  | { say: 'listening' }
  | { say: 'progress'; unreacted: number; seqs: Record<string, number> }
  | { say: 'read'; logs: Final['logs']; tally: Final['tally'] }

const EVERYTHING = 10_000_000
const TALLY = 'tally:'

/**
 * A reaction to every message, whose effect shows how often it was had: each time leaves a row of its own. A fixed name
 * would hide a second time, since an insert of a row that is there is a conflict, which undoes itself.
 */
const probe: Feature = {
  name: 'crash',
  reacts: [
    on(messageSent, 'crash.tally', async (doing) => ({
      make: () => ({
        writes: [insert(metaTable, { name: `${TALLY}${doing.place}@${doing.seq} ${doing.newId()}`, value: '' })],
        events: [],
      }),
    })),
  ],
}

const { values } = parseArgs({
  options: {
    port: { type: 'string' },
    data: { type: 'string' },
    database: { type: 'string' },
    redis: { type: 'string' },
    bug: { type: 'string' },
  },
})
const { wrap, dieAt } = mortal()
const bug = planted((values.bug as Bug | undefined) ?? null)

const app = await createApp(
  {
    port: Number(values.port),
    host: '127.0.0.1',
    dataDir: values.data ?? '',
    publicUrl: null,
    trustedProxies: [],
    corsOrigins: [],
    logLevel: 'warn',
    logs: null,
    metricsToken: null,
    secretKey: 'a key for crashing, long enough to be one',
    production: false,
    databaseUrl: values.database ?? null,
    mongodbUri: null,
    redisUrl: values.redis ?? null,
  },
  {
    features: [...bug.features(features), probe],
    limits: roomyLimits,
    logger: createLogger('warn'),
    checkOutputs: true,
    store: (store) => bug.store(wrap(store)),
  },
)
const { store } = app

process.on('message', (ask: Ask) => void answer(ask))
process.on('disconnect', () => process.exit(0))
process.on('SIGTERM', () => void app.stop().then(() => process.exit(0)))
await app.listen()
say({ say: 'listening' })

async function answer(ask: Ask): Promise<void> {
  if (ask.do === 'die') return dieAt(ask.moment)
  const places = await store.find(placeTable, { limit: EVERYTHING })
  if (ask.do === 'progress') {
    return say({
      say: 'progress',
      unreacted: places.filter((each) => each.unreacted).length,
      seqs: Object.fromEntries(places.map(({ place, seq }) => [place, seq])),
    })
  }
  const tally: Record<string, number> = {}
  for (const { name } of await store.find(metaTable, { where: { name: { startsWith: TALLY } }, limit: EVERYTHING })) {
    const where = name.slice(TALLY.length).split(' ')[0] as string
    tally[where] = (tally[where] ?? 0) + 1
  }
  const events = await store.find(eventTable, {
    order: [
      ['place', 'asc'],
      ['seq', 'asc'],
    ],
    limit: EVERYTHING,
  })
  const byPlace = new Map<Place, typeof events>()
  for (const { place } of places) byPlace.set(place, [])
  for (const event of events) byPlace.get(event.place)?.push(event)
  const logs = places.map(({ place, seq, unreacted }) => ({ place, seq, unreacted, events: byPlace.get(place) ?? [] }))
  say({ say: 'read', logs, tally })
}

function say(said: Said): void {
  process.send?.(said)
}
