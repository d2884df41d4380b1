/** Reference server S: Socket.IO that stores nothing. A message is passed on and forgotten. */
import { createServer } from 'node:http'
import { Server } from 'socket.io'

const http = createServer()
const io = new Server(http, { transports: ['websocket'], perMessageDeflate: false })
let lastId = 0

io.use((socket, next) => {
  const person = /^token-(\d+)$/.exec(String(socket.handshake.auth['token']))?.[1]
  socket.data.person = person
  next(person ? undefined : new Error('unknown token'))
})

io.on('connection', (socket) => {
  socket.on('join', async (rooms: string[], ack: (answer: object) => void) => {
    await socket.join(rooms)
    ack({ ok: true })
  })
  socket.on('say', (room: string, text: string, ack: (answer: object) => void) => {
    const id = ++lastId
    ack({ ok: true, id })
    socket.to(room).emit('said', { id, room, author: socket.data.person, text, at: Date.now() })
  })
})

http.listen(0, '127.0.0.1', () => console.log(`listening ${JSON.stringify(http.address())}`))
process.on('SIGTERM', () => process.exit(0))
