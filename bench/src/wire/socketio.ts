import { openWebSocket, type FrameHandler } from './websocket.ts'

/** Socket.IO's packets over one WebSocket, read without parsing what is only counted. */
export type SocketIoClient = {
  /** Emits `event` with arguments that are JSON already (`"a",{"b":1}`); `answered` gets the bytes of the answer's array. */
  ask(event: string, args: string, answered: FrameHandler): void
  close: () => void
}

const ZERO = 48

/** Connects with Socket.IO's `auth`; `told` gets every event's frame. */
export async function openSocketIo(
  port: number,
  auth: object,
  told: FrameHandler,
  closed: (why: string) => void,
): Promise<SocketIoClient> {
  const waiting = new Map<number, FrameHandler>()
  const connected = Promise.withResolvers<void>()
  let nextId = 0
  let early: string[] | undefined = []

  const socket = await openWebSocket(
    port,
    '/socket.io/?EIO=4&transport=websocket',
    (bytes, from, to) => {
      const first = bytes[from]
      if (first === ZERO + 4) packet(bytes, from + 1, to)
      else if (first === ZERO) reply(`40${JSON.stringify(auth)}`)
      else if (first === ZERO + 2) reply('3')
    },
    (why) => {
      connected.reject(new Error(why))
      closed(why)
    },
  )
  function reply(text: string) {
    if (early) early.push(text)
    else socket.send(text)
  }
  const first = early
  early = undefined
  for (const text of first) socket.send(text)

  function packet(bytes: Buffer, from: number, to: number) {
    const type = (bytes[from] ?? 0) - ZERO
    if (type === 2) return told(bytes, from, to)
    if (type === 3) {
      let at = from + 1
      let id = 0
      for (let digit = (bytes[at] ?? 0) - ZERO; digit >= 0 && digit <= 9; digit = (bytes[++at] ?? 0) - ZERO)
        id = id * 10 + digit
      const answered = waiting.get(id)
      waiting.delete(id)
      return answered?.(bytes, at, to)
    }
    if (type === 0) return connected.resolve()
    if (type === 4) connected.reject(new Error(`refused: ${bytes.toString('utf8', from + 1, to)}`))
  }

  await connected.promise
  return {
    ask(event, args, answered) {
      const id = nextId++
      waiting.set(id, answered)
      socket.send(`42${id}["${event}",${args}]`)
    },
    close: socket.close,
  }
}

/** Asks and gives the answer parsed: for what is asked once, not for what is measured by the thousand. */
export function askParsed(client: SocketIoClient, event: string, args: string): Promise<unknown> {
  return new Promise((resolve) =>
    client.ask(event, args, (bytes, from, to) => {
      const [answer]: unknown[] = JSON.parse(bytes.toString('utf8', from, to))
      resolve(answer)
    }),
  )
}
