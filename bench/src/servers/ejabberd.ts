import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { freePort, startChild } from '../child.ts'
import { markedText, type Heard } from '../load/mark.ts'
import { answerOf } from '../machine.ts'
import type { Connection, Scene, Target } from '../target.ts'
import { openXmpp, type XmppClient } from '../xmpp.ts'
import { ejabberdLibraries } from './ejabberd-install.ts'

const PASSWORD = 'secret'
const BACKLOG_FROM = 1_700_000_000_000_000

/** ejabberd at its durable best here: SQLite in WAL mode, MUC and MAM, no shapers, no presence broadcast in rooms. */
export const ejabberd: Target = {
  key: 'E',
  name: 'ejabberd, SQLite WAL, MUC + MAM',
  echoes: 'room',
  async start(scene, dir) {
    const libraries = ejabberdLibraries()
    if (!libraries) throw new Error('ejabberd is not installed')
    const port = await freePort()
    seed(scene, dir, libraries)
    writeFileSync(join(dir, 'ejabberd.yml'), configuration(dir, port))
    writeFileSync(join(dir, 'inetrc'), '{lookup,["file","native"]}.\n')
    const user = ownUser()
    if (user) giveTo(dir, user)

    const child = await startChild({
      program: 'erl',
      // No node name: no distribution port, no epmd.
      args: [...'+K true +P 250000 +Q 65536 -noinput -s ejabberd -mnesia dir'.split(' '), `"${join(dir, 'mnesia')}"`],
      env: {
        PATH: process.env['PATH'] ?? '/usr/bin:/bin',
        HOME: dir,
        ERL_LIBS: libraries,
        ERL_INETRC: join(dir, 'inetrc'),
        ERL_MAX_PORTS: '65536',
        ERL_CRASH_DUMP: join(dir, 'erl_crash.dump'),
        EJABBERD_CONFIG_PATH: join(dir, 'ejabberd.yml'),
        EJABBERD_LOG_PATH: join(dir, 'ejabberd.log'),
      },
      cwd: dir,
      user,
      port,
    })

    const roomOf = new Map(scene.rooms.flatMap((members, room) => members.map((person) => [person, room] as const)))
    async function open(person: number, heard: Heard): Promise<XmppClient> {
      const client = await openXmpp(port, `u${person}`, PASSWORD, heard, child.connectionLost)
      const room = roomOf.get(person)
      if (room !== undefined && !scene.direct) await client.join(roomAddress(room), `u${person}`)
      return client
    }

    return {
      pid: child.pid,
      startedInMs: child.startedInMs,
      version: `ejabberd ${answerOf('dpkg-query', ['-W', '-f=${Version}', 'ejabberd']) ?? 'unknown'}`,
      async connect(person, heard) {
        // In a room a message comes back to its sender, and only then is it archived and acknowledged.
        const pending = new Map<number, () => void>()
        const client = await open(person, (sender, n) => {
          heard(sender, n)
          if (sender !== person) return
          const acknowledged = pending.get(n)
          pending.delete(n)
          acknowledged?.()
        })
        return connectionOver(client, scene, person, pending)
      },
      async comeBack(person, missed) {
        const client = await open(person, () => {})
        const page = await client.after(roomAddress(0), String(BACKLOG_FROM + scene.backlog - missed - 1))
        client.close()
        return page
      },
      stored: () => archived(dir, scene),
      stop: child.stop,
    }
  },
}

function connectionOver(
  client: XmppClient,
  scene: Scene,
  person: number,
  pending: Map<number, () => void>,
): Connection {
  return {
    say(room, text, acknowledged) {
      if (scene.direct) {
        // XMPP acknowledges no direct message to its sender: its arrival at the other, archived by then, must do.
        client.sayTo(`u${scene.rooms[room]?.find((other) => other !== person)}@localhost`, text)
        queueMicrotask(acknowledged)
        return
      }
      pending.set(Number(text.slice(6, 14)), acknowledged)
      client.sayInRoom(roomAddress(room), text)
    },
    newest: (room, limit) => client.newest(roomAddress(room), limit),
    close: client.close,
  }
}

const roomAddress = (room: number) => `room${room}@conference.localhost`

/** Debian's package brings a user for it; without root it runs as whoever runs the bench. */
function ownUser(): { uid: number; gid: number } | undefined {
  const entry = process.getuid?.() === 0 ? answerOf('getent', ['passwd', 'ejabberd'])?.split(':') : undefined
  return entry ? { uid: Number(entry[2]), gid: Number(entry[3]) } : undefined
}

function giveTo(dir: string, user: { uid: number; gid: number }): void {
  chmodSync(dir, 0o755)
  for (const name of ['.', ...readdirSync(dir, { recursive: true, encoding: 'utf8' })]) {
    chownSync(join(dir, name), user.uid, user.gid)
  }
}

function configuration(dir: string, port: number): string {
  return `hosts: [localhost]
loglevel: error
acme: {auto: false}
listen:
  - {port: ${port}, ip: "127.0.0.1", module: ejabberd_c2s, backlog: 4096, max_stanza_size: 262144}
auth_method: [sql]
auth_password_format: plain
default_db: sql
sql_type: sqlite
sql_database: "${join(dir, 'ejabberd.db')}"
shaper_rules: {max_user_sessions: 10}
modules:
  mod_mam: {db_type: sql, default: always}
  mod_muc:
    access_create: all
    access_mam: all
    history_size: 0
    max_users: 10000
    max_user_conferences: 1000
    min_message_interval: 0
    min_presence_interval: 0
    default_room_options: {mam: true, persistent: false, max_users: 10000, presence_broadcast: []}
`
}

/** The tables as ejabberd ships them, people with plain passwords, and an archive written as ejabberd writes it. */
function seed(scene: Scene, dir: string, libraries: string): void {
  mkdirSync(join(dir, 'mnesia'))
  const home = readdirSync(libraries).find((name) => name.startsWith('ejabberd-'))
  const db = new DatabaseSync(join(dir, 'ejabberd.db'))
  db.exec('PRAGMA journal_mode = WAL')
  db.exec(readFileSync(join(libraries, home ?? 'ejabberd', 'priv/sql/lite.sql'), 'utf8'))
  db.exec('BEGIN')
  const user = db.prepare('INSERT INTO users (username, password) VALUES (?, ?)')
  for (let person = 0; person < scene.people; person++) user.run(`u${person}`, PASSWORD)
  const message = db.prepare(
    'INSERT INTO archive (username, timestamp, peer, bare_peer, xml, txt, kind, nick) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  )
  const room = roomAddress(0)
  for (let n = 0; n < scene.backlog; n++) {
    const text = markedText(0, n)
    const xml =
      `<message xml:lang='en' to='${room}' from='u0@localhost/r' type='groupchat' xmlns='jabber:client'>` +
      `<body>${text}</body></message>`
    message.run(room, BACKLOG_FROM + n, 'u0@localhost/r', 'u0@localhost', xml, text, 'groupchat', 'u0')
  }
  db.exec('COMMIT')
  db.close()
}

/** Messages in the archive; a direct message lies in it twice, once for each of the two. Throws when it is not in WAL mode. */
function archived(dir: string, scene: Scene): number {
  const db = new DatabaseSync(join(dir, 'ejabberd.db'))
  const rows = Number(db.prepare('SELECT count(*) AS rows FROM archive').get()?.['rows'])
  const mode = db.prepare('PRAGMA journal_mode').get()?.['journal_mode']
  db.close()
  if (mode !== 'wal') throw new Error(`ejabberd's database is not in WAL mode but in ${String(mode)}`)
  return scene.direct ? rows / 2 : rows
}
