/**
 * Reference server N: what most people write. Socket.IO; a token looked up when somebody connects; one INSERT a
 * message, durable by itself (WAL, synchronous=FULL), then the acknowledgement, then an emit to the others.
 */
import { createServer } from 'node:http'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Server } from 'socket.io'

const db = new DatabaseSync(join(process.argv[2] ?? '.', 'chat.db'))
db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
const findSession = db.prepare('SELECT person FROM sessions WHERE token = ?')
const insert = db.prepare('INSERT INTO messages (room, author, text, at) VALUES (?, ?, ?, ?)')
const newest = db.prepare('SELECT id, author, text, at FROM messages WHERE room = ? ORDER BY id DESC LIMIT ?')
const since = db.prepare('SELECT id, author, text, at FROM messages WHERE room = ? AND id > ? ORDER BY id LIMIT 500')

const http = createServer()
const io = new Server(http, { transports: ['websocket'], perMessageDeflate: false })

io.use((socket, next) => {
  const session = findSession.get(String(socket.handshake.auth['token']))
  socket.data.person = session?.['person']
  next(session ? undefined : new Error('unknown token'))
})

io.on('connection', (socket) => {
  socket.on('join', async (rooms: string[], ack: (answer: object) => void) => {
    await socket.join(rooms)
    ack({ ok: true })
  })
  socket.on('say', (room: string, text: string, ack: (answer: object) => void) => {
    const at = Date.now()
    const { lastInsertRowid: id } = insert.run(room, socket.data.person, text, at)
    ack({ ok: true, id })
    socket.to(room).emit('said', { id, room, author: socket.data.person, text, at })
  })
  socket.on('newest', (room: string, limit: number, ack: (answer: object) => void) => {
    ack({ ok: true, messages: newest.all(room, limit).toReversed() })
  })
  socket.on('since', (room: string, id: number, ack: (answer: object) => void) => {
    ack({ ok: true, messages: since.all(room, id) })
  })
})

http.listen(0, '127.0.0.1', () => console.log(`listening ${JSON.stringify(http.address())}`))
process.on('SIGTERM', () => process.exit(0))
