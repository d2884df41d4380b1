import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { roomPlace } from '@connectly/protocol'
import { placeTable } from '../../../server/src/store/log-tables.ts'
import { openStore, type StoreSettings } from '../../../server/src/store/open.ts'
import { seconds } from '../load/closed-loop.ts'
import { watchLoad } from '../machine.ts'
import { startServices } from '../services.ts'
import { topologies } from '../servers/connectly.ts'
import { seedConnectly, type Seeded } from '../servers/connectly-seed.ts'
import { storedIn } from '../servers/connectly-stored.ts'
import { createHistogram } from '../stats.ts'
import { startCrew } from '../stores/crew.ts'
import type { Speaker } from '../stores/saying.ts'
import type { engineKeys, Scene, TargetKey } from '../target.ts'
import { rooms, type Figures, type Item, type Sampling } from './item.ts'

/** Who speaks in which rooms. A lane is one sender: its messages leave one batch after another. */
type Shape = { scene: Scene; lanes: number; roomsALane: number; inFlight: number }

const SENDERS = 200
const ROOMS_A_SENDER = 10

/** Each of 200 people has ten direct rooms with the next ten, and speaks in them in turn. */
const directRooms: Scene = {
  people: SENDERS,
  rooms: Array.from({ length: SENDERS * ROOMS_A_SENDER }, (_, room) => {
    const person = Math.floor(room / ROOMS_A_SENDER)
    return [person, (person + 1 + (room % ROOMS_A_SENDER)) % SENDERS]
  }),
  direct: true,
  backlog: 0,
}

const everyEngine = ['C', 'C-pg', 'C-pg2', 'C-pg4', 'C-mongo'] as const

export const stores: Item[] = [
  onStores('stores-direct', 'Store: 2,000 direct rooms, 200 senders, one message each in flight', {
    scene: directRooms,
    lanes: SENDERS,
    roomsALane: ROOMS_A_SENDER,
    inFlight: 1,
  }),
  onStores('stores-hot', 'Store: one room, 200 senders, one message each in flight', {
    scene: rooms(1, SENDERS),
    lanes: SENDERS,
    roomsALane: 1,
    inFlight: 1,
  }),
  onStores('stores-batches', 'Store: batches of 50 in direct rooms, one batch a process in flight', {
    scene: directRooms,
    lanes: 1,
    roomsALane: directRooms.rooms.length,
    inFlight: 50,
  }),
  onStores(
    'stores-lone',
    'Store: one message at a time, in 50 direct rooms',
    { scene: { ...directRooms, rooms: directRooms.rooms.slice(0, 50) }, lanes: 1, roomsALane: 50, inFlight: 1 },
    ['C', 'C-pg', 'C-mongo'],
  ),
]

function onStores(key: string, title: string, shape: Shape, targets: readonly TargetKey[] = everyEngine): Item {
  return {
    key,
    title,
    targets,
    rows: {
      C: 'SQLite',
      'C-pg': 'PostgreSQL, 1 process',
      'C-pg2': 'PostgreSQL, 2 processes',
      'C-pg4': 'PostgreSQL, 4 processes',
      'C-mongo': 'MongoDB, 1 process',
    },
    sharesCpus: true,
    sample: (sampling) => sample(sampling, shape),
  }
}

/** Commits through the log, as sending does, in a closed loop, and holds what is stored against what was kept. */
async function sample({ target, dir, seconds: length, ran }: Sampling, shape: Shape): Promise<Figures> {
  const { processes, services: names } = topologies[target.key as (typeof engineKeys)[number]]
  const dataDir = mkdtempSync(join(dir, `${target.key}-`))
  const services = await startServices(
    names.filter((name) => name !== 'redis'),
    dataDir,
  )
  const settings = { dataDir, databaseUrl: services.databaseUrl, mongodbUri: services.mongodbUri }
  ran(`Connectly, Node ${process.version}`)
  try {
    const seeded = await seedConnectly(shape.scene, settings)
    const lanes = lanesOf(shape, seeded, processes)
    const crew = await startCrew(lanes.map((own) => ({ settings, lanes: own, inFlight: shape.inFlight })))
    await seconds(Math.max(1, length * 0.4))
    const load = watchLoad({ pid: NaN, pids: crew.pids, services: services.pids })
    crew.begin()
    await seconds(length)
    const used = load.stop()
    const worked = await crew.end()

    await holdAgainst(
      settings,
      seeded,
      worked.reduce((sum, { kept }) => sum + kept, 0),
    )
    const latencies = createHistogram()
    for (const each of worked) latencies.add(each.latencies)
    const commits = worked.reduce((sum, each) => sum + each.commits, 0)
    const micros = (cpuSeconds: number) => (cpuSeconds * 1e6) / commits
    return {
      ...used,
      commits: worked.reduce((sum, each) => sum + each.commits / each.seconds, 0),
      p50: latencies.at(0.5),
      p99: latencies.at(0.99),
      nodeMicros: micros(used.serverCpuSeconds - used.servicesCpuSeconds),
      serverMicros: services.pids.length > 0 ? micros(used.servicesCpuSeconds) : NaN,
    }
  } finally {
    await services.stop()
  }
}

/** The lanes of each process. Where a process has only one, it has its share of the rooms. */
function lanesOf({ scene, lanes, roomsALane }: Shape, seeded: Seeded, processes: number): Speaker[][][] {
  const speakers = Array.from({ length: lanes * roomsALane }, (_, nth): Speaker => {
    const room = scene.rooms.length === 1 ? 0 : nth
    const member = scene.rooms.length === 1 ? nth : 0
    const person = seeded.people[scene.rooms[room]?.[member] ?? NaN]
    const roomId = seeded.rooms[room]
    if (!person || !roomId) throw new Error('nobody sits there')
    return { roomId, userId: person.userId, role: !scene.direct && member === 0 ? 'owner' : 'member' }
  })
  const share = speakers.length / processes
  const length = Math.min(roomsALane, share)
  return Array.from({ length: processes }, (_, process) =>
    Array.from({ length: share / length }, (__, lane) => {
      const from = process * share + lane * length
      return speakers.slice(from, from + length)
    }),
  )
}

/** Throws unless exactly what was kept is stored, under numbers without a gap. */
async function holdAgainst(settings: StoreSettings, { rooms: roomIds }: Seeded, kept: number): Promise<void> {
  const stored = await storedIn(settings)
  if (stored !== kept) throw new Error(`${kept} messages were kept, ${stored} are stored`)
  const store = await openStore(settings)
  try {
    const places = await store.find(placeTable, {
      where: { place: { in: roomIds.map(roomPlace) } },
      limit: roomIds.length,
    })
    // Each room began with the event that made it.
    const numbers = places.reduce((sum, { seq }) => sum + seq - 1, 0)
    if (numbers !== kept) throw new Error(`${kept} messages took ${numbers} numbers`)
  } finally {
    await store.close()
  }
}
