/** A WebSocket to the server, in the words of the wire: what is heard, and a way to wait for it. */
export type Line = Awaited<ReturnType<typeof openLine>>

const PATIENCE = 8000

/** Opens a connection; with a token it is signed in, too. Rejects when it is not taken. */
export async function openLine(url: string, token: string | null) {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`)
  const heard: string[] = []
  const waiters = new Set<() => void>()
  let isClosed = false
  let asked = 0
  const wake = () => waiters.forEach((look) => look())
  socket.addEventListener('message', ({ data }) => {
    heard.push(String(data))
    if (data === '2') socket.send('3')
    wake()
    if (heard.length > 500) heard.splice(0, 400)
  })
  const end = () => {
    isClosed = true
    wake()
  }
  socket.addEventListener('close', end)
  socket.addEventListener('error', end)

  /** Waits for such a packet; null when the connection ends first. */
  const find = (fits: (packet: string) => boolean, what: string, limit = PATIENCE): Promise<string | null> =>
    new Promise((done, fail) => {
      const late = setTimeout(() => {
        waiters.delete(look)
        fail(new Error(`neither heard nor closed within ${limit} ms: ${what}`))
      }, limit)
      function look(): void {
        const found = heard.find(fits)
        if (found === undefined && !isClosed) return
        clearTimeout(late)
        waiters.delete(look)
        done(found ?? null)
      }
      waiters.add(look)
      look()
    })

  const hear = (start: string) => find((packet) => packet.startsWith(start), start)

  await hear('0{')
  if (token !== null && !isClosed) {
    socket.send(`40${JSON.stringify({ token })}`)
    await Promise.race([hear('42["hello"'), hear('44')])
  }
  return {
    /** Waits for a packet in which this word stands. */
    hearWith: (word: string, limit: number) => find((packet) => packet.includes(word), word, limit),
    isOpen: () => !isClosed,
    send: (frame: string | Uint8Array) => {
      if (!isClosed) socket.send(frame as Uint8Array<ArrayBuffer>)
    },
    /** Asks with an input that is written as it is. Null when the connection ended over it. */
    ask: async (method: string, text: string): Promise<string | null> => {
      const id = 1_000_000 + ++asked
      if (!isClosed) socket.send(`42${id}["ask",${JSON.stringify(method)},${text}]`)
      const packet = await hear(`43${id}[`)
      return packet && packet.slice(packet.indexOf('[') + 1, -1)
    },
    close: () => socket.close(),
  }
}
