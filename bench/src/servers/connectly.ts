import { randomUUIDv7 } from 'node:crypto'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { startChild } from '../child.ts'
import { scanMarks, scanPage, type Heard } from '../load/mark.ts'
import type { Connection, RunningTarget, Scene, Signalled, Target } from '../target.ts'
import { askParsed, openSocketIo, type SocketIoClient } from '../wire/socketio.ts'
import { mustBeOk, valueOf } from './connectly-answers.ts'
import { liveOver, signalIn } from './connectly-live.ts'
import { seedConnectly } from './connectly-seed.ts'

const PASSWORD = 'a long pass phrase of the bench'

/** Connectly with every check on, and limits too high to be met. */
export const connectly: Target = {
  key: 'C',
  name: 'Connectly',
  echoes: 'everywhere',
  start: (scene, dir) => startConnectly(scene, dir, [join(import.meta.dirname, 'connectly-roomy.ts'), dir], {}),
  startAsShipped: (scene, dir) =>
    startConnectly(scene, dir, [join(import.meta.dirname, '../../../server/src/main.ts')], {
      PORT: '0',
      DATA_DIR: dir,
      LOG_LEVEL: 'warn',
    }),
}

async function startConnectly(
  scene: Scene,
  dir: string,
  args: string[],
  env: Record<string, string>,
): Promise<RunningTarget> {
  const seeded = await seedConnectly(scene, dir)
  const child = await startChild({
    program: process.execPath,
    args,
    env,
    cwd: dir,
    port: (printed) => Number(/ is at http:\/\/[^:]+:(\d+)/.exec(printed)?.[1] ?? NaN) || undefined,
  })

  /** A connection that is seated, having said what it holds. */
  async function open(person: number, heard: Heard, signalled?: Signalled): Promise<SocketIoClient> {
    return openSocketIo(
      child.port,
      { token: seeded.people[person]?.token },
      (bytes, from, to) => {
        const signal = signalIn(bytes, from, to)
        if (signal === undefined) scanMarks(bytes, from, to, heard)
        else signalled?.(signal)
      },
      child.connectionLost,
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
        await post(child.port, 'accounts.signUp', { username: `signer${n}`, password: PASSWORD })
      }
    },
    stored: () => messagesIn(dir),
    stop: child.stop,
  }
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

function messagesIn(dir: string): number {
  const db = new DatabaseSync(join(dir, 'connectly.db'), { readOnly: true })
  const count = db.prepare('SELECT count(*) AS rows FROM messages').get()
  db.close()
  return Number(count?.['rows'])
}

async function post(port: number, method: string, input: object): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${port}/api/${method}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(input),
  })
  valueOf(await response.json())
}
