import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

export type Wire = Awaited<ReturnType<typeof layWire>>

/** A line to a server that can be cut, held up and made narrow: what lies between a browser and it. */
export async function layWire(serverUrl: string) {
  const target = Number(new URL(serverUrl).port)
  const pairs = new Set<{ client: Socket; upstream: Socket }>()
  let isCut = false
  let isMute = false
  let refused: RegExp | null = null
  let delay = 0

  const server = createServer((client) => {
    client.on('error', () => client.destroy())
    if (isCut) return void client.resetAndDestroy()
    const upstream = connect(target, '127.0.0.1')
    const pair = { client, upstream }
    pairs.add(pair)
    const end = () => {
      pairs.delete(pair)
      client.destroy()
      upstream.destroy()
    }
    upstream.on('error', end).on('close', end)
    client.on('close', end)
    client.on('data', (bytes: Buffer) => {
      if (refused?.test(bytes.toString('latin1'))) return end()
      upstream.write(bytes)
    })
    let due = Promise.resolve()
    upstream.on('data', (bytes: Buffer) => {
      if (isMute) return
      const at = Date.now() + delay
      due = due.then(async () => {
        const wait = at - Date.now()
        if (wait > 0) await new Promise((done) => setTimeout(done, wait))
        client.write(bytes)
      })
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const drop = () => pairs.forEach(({ client, upstream }) => (client.resetAndDestroy(), upstream.destroy()))

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Ends every connection and takes no new one, until it is mended. */
    cut: () => {
      isCut = true
      drop()
    },
    mend: () => {
      isCut = false
      isMute = false
      refused = null
    },
    /** What is asked arrives; no answer comes back. */
    mute: () => {
      isMute = true
    },
    /** Answers take this long, in ms. */
    slow: (ms: number) => {
      delay = ms
    },
    /** Like a proxy that knows no WebSockets. */
    refuseUpgrades: () => {
      refused = /^upgrade: websocket/im
    },
    /** Pages come, but no live line of any kind. */
    refuseSockets: () => {
      refused = /^(?:GET|POST) \/socket\.io\//m
      drop()
    },
    close: async () => {
      drop()
      await new Promise((done) => server.close(done))
    },
  }
}
