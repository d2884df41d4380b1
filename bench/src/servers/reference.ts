import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { startChild } from '../child.ts'
import { markedText, scanMarks, scanPage, type Heard, type Page } from '../load/mark.ts'
import type { Connection, RunningTarget, Scene, Target } from '../target.ts'
import { askParsed, openSocketIo, type SocketIoClient } from '../wire/socketio.ts'

export const insertEach: Target = {
  key: 'N',
  name: 'Socket.IO, one INSERT each (WAL, FULL)',
  echoes: 'nowhere',
  async start(scene, dir) {
    seed(scene, dir)
    return startReference('insert-each.ts', scene, dir, () => rowsIn(dir))
  },
}

export const storeNothing: Target = {
  key: 'S',
  name: 'Socket.IO, stores nothing',
  echoes: 'nowhere',
  start: (scene, dir) => startReference('store-nothing.ts', scene, dir, () => undefined),
}

async function startReference(
  file: string,
  scene: Scene,
  dir: string,
  stored: () => number | undefined,
): Promise<RunningTarget> {
  const child = await startChild({
    program: process.execPath,
    args: [join(import.meta.dirname, file), dir],
    env: {},
    cwd: dir,
    port: (printed) => Number(/"port":(\d+)/.exec(printed)?.[1] ?? NaN) || undefined,
  })
  const roomsOf = (person: number) =>
    scene.rooms.flatMap((members, room) => (members.includes(person) ? [`room-${room}`] : []))

  async function open(person: number, heard: Heard): Promise<SocketIoClient> {
    const client = await openSocketIo(
      child.port,
      { token: `token-${person}` },
      (bytes, from, to) => void scanMarks(bytes, from, to, heard),
      child.connectionLost,
    )
    const rooms = roomsOf(person)
    if (rooms.length > 0) await askParsed(client, 'join', JSON.stringify(rooms))
    return client
  }

  return {
    pid: child.pid,
    startedInMs: child.startedInMs,
    version: socketIoVersion(),
    connect: async (person, heard) => connectionOver(await open(person, heard)),
    async comeBack(person, missed) {
      const client = await open(person, () => {})
      const page = await askPage(client, 'since', `"room-0",${scene.backlog - missed}`)
      client.close()
      return page
    },
    stored,
    stop: child.stop,
  }
}

function connectionOver(client: SocketIoClient): Connection {
  return {
    say(room, text, acknowledged) {
      client.ask('say', `"room-${room}","${text}"`, (bytes, from, to) => {
        if (!bytes.subarray(from, to).includes('"ok":true')) throw new Error(bytes.toString('utf8', from, to))
        acknowledged()
      })
    },
    newest: (room, limit) => askPage(client, 'newest', `"room-${room}",${limit}`),
    close: client.close,
  }
}

function askPage(client: SocketIoClient, event: string, args: string): Promise<Page> {
  return new Promise((resolve) => client.ask(event, args, (bytes, from, to) => resolve(scanPage(bytes, from, to))))
}

function seed(scene: Scene, dir: string): void {
  const db = new DatabaseSync(join(dir, 'chat.db'))
  db.exec(`PRAGMA journal_mode = WAL;
    CREATE TABLE sessions (token TEXT PRIMARY KEY, person INTEGER NOT NULL) STRICT;
    CREATE TABLE messages (id INTEGER PRIMARY KEY, room TEXT NOT NULL, author INTEGER NOT NULL, text TEXT NOT NULL,
      at INTEGER NOT NULL) STRICT;
    CREATE INDEX messages_by_room ON messages (room, id);
    BEGIN`)
  const session = db.prepare('INSERT INTO sessions VALUES (?, ?)')
  for (let person = 0; person < scene.people; person++) session.run(`token-${person}`, person)
  const message = db.prepare('INSERT INTO messages (room, author, text, at) VALUES (?, ?, ?, ?)')
  for (let n = 0; n < scene.backlog; n++) message.run('room-0', 0, markedText(0, n), Date.now())
  db.exec('COMMIT')
  db.close()
}

function rowsIn(dir: string): number {
  const db = new DatabaseSync(join(dir, 'chat.db'))
  const count = db.prepare('SELECT count(*) AS rows FROM messages').get()
  db.close()
  return Number(count?.['rows'])
}

function socketIoVersion(): string {
  const manifest: { version: string } = JSON.parse(
    readFileSync(createRequire(import.meta.url).resolve('socket.io/package.json'), 'utf8'),
  )
  return `Socket.IO ${manifest.version}, Node ${process.version}`
}
