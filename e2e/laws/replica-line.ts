import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

export type Line = Awaited<ReturnType<typeof createLine>>

/** A line between devices and a server, that can be cut, can be dead, and can lose what comes back. */
export async function createLine(serverUrl: string) {
  let target = Number(new URL(serverUrl).port)
  let dead = false
  let deaf = 0
  const pairs = new Set<[Socket, Socket]>()

  const proxy = createServer((near) => {
    if (dead) return void near.destroy()
    const far = connect(target, '127.0.0.1')
    const pair: [Socket, Socket] = [near, far]
    pairs.add(pair)
    const end = () => {
      pairs.delete(pair)
      near.destroy()
      far.destroy()
    }
    for (const socket of pair) socket.on('error', end).on('close', end)
    near.setNoDelay(true)
    far.setNoDelay(true)
    near.on('data', (bytes) => void far.write(bytes))
    far.on('data', (bytes) => {
      if (deaf === 0) return void near.write(bytes)
      deaf -= 1
      end()
    })
  })
  await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done))

  const cut = () => {
    for (const [near] of pairs) near.destroy()
  }
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    /** Ends every connection; new ones may be made. */
    cut,
    /** Ends every connection, and admits none until it is mended. */
    kill: () => {
      dead = true
      cut()
    },
    mend: () => {
      dead = false
    },
    /** What the server says next is lost, and the connection with it: what was asked has been done all the same. */
    loseNext: () => {
      deaf = 1
    },
    /** Leads to another server from now on. */
    leadTo: (url: string) => {
      target = Number(new URL(url).port)
    },
    close: async () => {
      cut()
      await new Promise((done) => proxy.close(done))
    },
  }
}
