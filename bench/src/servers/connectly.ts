import { randomUUIDv7 } from 'node:crypto'
import { join } from 'node:path'
import { startChild, type Child } from '../child.ts'
import { scanMarks, scanPage, type Heard } from '../load/mark.ts'
import { startServices, type ServiceName } from '../services.ts'
import type { Connection, engineKeys, RunningTarget, Scene, Signalled, Target } from '../target.ts'
import { askParsed, openSocketIo, type SocketIoClient } from '../wire/socketio.ts'
import { mustBeOk, valueOf } from './connectly-answers.ts'
import { liveOver, signalIn } from './connectly-live.ts'
import { seedConnectly, type ConnectlySettings } from './connectly-seed.ts'
import { storedIn } from './connectly-stored.ts'

const PASSWORD = 'a long pass phrase of the bench'

/** How many processes there are, and what they stand on. */
export type Topology = { processes: number; services: readonly ServiceName[] }

export const topologies: Record<(typeof engineKeys)[number], Topology> = {
  C: { processes: 1, services: [] },
  'C-pg': { processes: 1, services: ['postgres'] },
  'C-pg2': { processes: 2, services: ['postgres', 'redis'] },
  'C-pg4': { processes: 4, services: ['postgres', 'redis'] },
  'C-notify2': { processes: 2, services: ['postgres'] },
  'C-mongo': { processes: 1, services: ['mongodb'] },
}

type Program = (settings: ConnectlySettings) => { args: string[]; env: Record<string, string> }

const roomy: Program = (settings) => ({
  args: [join(import.meta.dirname, 'connectly-roomy.ts'), JSON.stringify(settings)],
  env: {},
})
const shipped: Program = ({ dataDir }) => ({
  args: [join(import.meta.dirname, '../../../server/src/main.ts')],
  env: { PORT: '0', DATA_DIR: dataDir, LOG_LEVEL: 'warn', CAPTCHA: 'none' },
})

/** Connectly with every check on, and limits too high to be met. Its people are spread over its processes. */
export function connectly(key: (typeof engineKeys)[number]): Target {
  const topology = topologies[key]
  return {
    key,
    name: 'Connectly',
    echoes: 'everywhere',
    start: (scene, dir) => startConnectly(scene, dir, topology, roomy),
    ...(key === 'C' && { startAsShipped: (scene, dir) => startConnectly(scene, dir, topology, shipped) }),
  }
}

async function startConnectly(
  scene: Scene,
  dataDir: string,
  topology: Topology,
  program: Program,
): Promise<RunningTarget> {
  const services = await startServices(topology.services, dataDir)
  const { databaseUrl, mongodbUri, redisUrl } = services
  const settings = { dataDir, databaseUrl, mongodbUri, redisUrl }
  const seeded = await seedConnectly(scene, settings)
  const children: Child[] = []
  for (let nth = 0; nth < topology.processes; nth++) {
    children.push(
      await startChild({
        program: process.execPath,
        ...program(settings),
        cwd: dataDir,
        port: (printed) => Number(/ is at http:\/\/[^:]+:(\d+)/.exec(printed)?.[1] ?? NaN) || undefined,
      }),
    )
  }
  const childOf = (person: number): Child => children[person % children.length] ?? fail()
  const child = childOf(0)

  /** A connection that is seated, having said what it holds. */
  async function open(person: number, heard: Heard, signalled?: Signalled): Promise<SocketIoClient> {
    const on = childOf(person)
    return openSocketIo(
      on.port,
      { token: seeded.people[person]?.token },
      (bytes, from, to) => {
        const signal = signalIn(bytes, from, to)
        if (signal === undefined) scanMarks(bytes, from, to, heard)
        else signalled?.(signal)
      },
      on.connectionLost,
    )
  }

  const nothing: Held = { epoch: null, cursors: {}, lines: {} }
  const held = scene.backlog > 0 ? await whatEachHolds() : []

  /** What everyone's client would hold, had it left when the backlog ended. */
  async function whatEachHolds(): Promise<Held[]> {
    const all: Held[] = []
    for (let person = 0; person < scene.people; person++) {
      const client = await open(person, () => {})
      const opened = valueOf(await askParsed(client, 'ask', `"sync.open",${JSON.stringify(nothing)}`)) as Opened
      const page = valueOf(
        await askParsed(client, 'ask', `"messages.page",{"roomId":"${seeded.rooms[0]}","limit":1}`),
      ) as { messages: { seq: number }[] }
      client.close()
      const cursors: Record<string, number> = { [`room:${seeded.rooms[0]}`]: page.messages[0]?.seq ?? NaN }
      for (const place of opened.places) if (place.kind === 'reset') cursors[place.head.place] = place.head.seq
      all.push({ epoch: opened.epoch, cursors, lines: {} })
    }
    return all
  }

  return {
    pid: child.pid,
    pids: children.map(({ pid }) => pid),
    ...(services.pids.length > 0 && { services: services.pids }),
    startedInMs: child.startedInMs,
    version: `Connectly, Node ${process.version}`,
    async connect(person, heard, signalled) {
      const client = await open(person, heard, signalled)
      valueOf(await askParsed(client, 'ask', `"sync.open",${JSON.stringify(nothing)}`))
      const live = liveOver(client, seeded.rooms, seeded.people[person]?.userId)
      return { ...connectionOver(client, seeded.rooms), live }
    },
    async comeBack(person, missed) {
      const client = await open(person, () => {})
      const { epoch, cursors, lines } = held[person] ?? nothing
      const room = `room:${seeded.rooms[0]}`
      const holds = { epoch, cursors: { ...cursors, [room]: (cursors[room] ?? NaN) - missed }, lines }
      const page = await new Promise<ReturnType<typeof scanPage>>((resolve) =>
        client.ask('ask', `"sync.open",${JSON.stringify(holds)}`, (bytes, from, to) => {
          mustBeOk(bytes, from, to)
          resolve(scanPage(bytes, from, to))
        }),
      )
      client.close()
      return page
    },
    async signIn(n) {
      const username = `signer${n}`
      await post(child.port, 'accounts.signIn', { username, password: PASSWORD })
    },
    async prepareSignIns(count) {
      for (let n = 0; n < count; n++) {
        await post(child.port, 'accounts.signUp', { username: `signer${n}`, password: PASSWORD, terms: '2026-11-21' })
      }
    },
    stored: () => storedIn(settings),
    stop: async () => {
      await Promise.all(children.map(({ stop }) => stop()))
      await services.stop()
    },
  }
}

function fail(): never {
  throw new Error('no process was started')
}

type Held = { epoch: string | null; cursors: Record<string, number>; lines: Record<string, number> }
type Opened = {
  epoch: string
  places: ({ kind: 'reset'; head: { place: string; seq: number } } | { kind: 'events' })[]
}

function connectionOver(client: SocketIoClient, rooms: readonly string[]): Connection {
  return {
    say(room, text, acknowledged) {
      client.ask(
        'ask',
        `"messages.send",{"roomId":"${rooms[room]}","localId":"${randomUUIDv7()}","body":{"kind":"text","text":"${text}"}}`,
        (bytes, from, to) => {
          mustBeOk(bytes, from, to)
          acknowledged()
        },
      )
    },
    newest: (room, limit) =>
      new Promise((resolve) =>
        client.ask('ask', `"messages.page",{"roomId":"${rooms[room]}","limit":${limit}}`, (bytes, from, to) => {
          mustBeOk(bytes, from, to)
          resolve(scanPage(bytes, from, to))
        }),
      ),
    close: client.close,
  }
}

async function post(port: number, method: string, input: object): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${port}/api/${method}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(input),
  })
  valueOf(await response.json())
}
