import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/*
 * Stands between a server and its PostgreSQL, and breaks the connection at the worst moments: it reads as much of the
 * wire as it takes to know a COMMIT and its answer.
 */

/** Before a COMMIT reaches PostgreSQL, or when it is kept and the answer is on its way. */
export type Cut = 'before-commit' | 'before-answer'

export type Proxy = Awaited<ReturnType<typeof openProxy>>

const COMMAND_COMPLETE = 0x43
const PARSE = 0x50
const BIND = 0x42

/** Carries connections to a port of this machine, from a free one or from the one that is given. */
export async function openProxy(to: number, from = 0) {
  const pairs = new Set<readonly [Socket, Socket]>()
  let attempts = 0
  let armed: { cut: Cut; marker: string; done: () => void } | null = null
  let isSilent = false

  const server = createServer((near) => {
    attempts++
    const far = connect(to, '127.0.0.1')
    const pair = [near, far] as const
    pairs.add(pair)
    const end = () => {
      pairs.delete(pair)
      near.resetAndDestroy()
      far.destroy()
    }
    for (const socket of pair) {
      socket.setNoDelay(true)
      socket.on('error', end)
      socket.on('close', end)
      if (isSilent) socket.pause()
    }
    let marked = false
    /** What this connection has called its COMMIT, when it was prepared. */
    let commit: string | undefined
    const asked = messages(true, (kind, bytes) => {
      if (armed && bytes.includes(armed.marker)) marked = true
      if (kind === PARSE && textOf(bytes)[1] === 'commit') commit = textOf(bytes)[0]
      const isCommit = kind === BIND && commit !== undefined && textOf(bytes)[1] === commit
      if (!marked || armed?.cut !== 'before-commit' || !isCommit) return true
      fire(end)
      return false
    })
    const answered = messages(false, (kind, bytes) => {
      if (kind !== COMMAND_COMPLETE || !says(bytes, 'COMMIT')) return true
      const isMeant = marked && armed?.cut === 'before-answer'
      marked = false
      if (isMeant) fire(end)
      return !isMeant
    })
    near.on('data', (bytes: Buffer) => carry(asked(bytes), far, near))
    far.on('data', (bytes: Buffer) => carry(answered(bytes), near, far))
  })

  function fire(end: () => void): void {
    armed?.done()
    armed = null
    // What goes before it has to arrive.
    setImmediate(end)
  }

  server.listen(from, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo

  return {
    port,
    /** How often somebody tried to connect. */
    attempts: (): number => attempts,
    /** Cuts the next connection whose transaction names the marker, around its COMMIT; resolves when that is done. */
    cut: (cut: Cut, marker = ''): Promise<void> => new Promise((done) => (armed = { cut, marker, done })),
    /** Takes back what was asked to be cut and has not been. */
    spare: (): void => {
      armed?.done()
      armed = null
    },
    /** Lets nothing through, either way, without a word; and lets it through again. */
    silence: (isSo: boolean): void => {
      isSilent = isSo
      for (const socket of [...pairs].flat())
        if (isSo) socket.pause()
        else socket.resume()
    },
    close: async (): Promise<void> => {
      for (const socket of [...pairs].flat()) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

/**
 * Splits what comes into messages, each whole, and gives those before the first that must not pass.
 * @param isFirstBare whether the first message has no letter, as a client's
 */
function messages(isFirstBare: boolean, passes: (kind: number, bytes: Buffer) => boolean): (bytes: Buffer) => Buffer {
  let rest: Buffer = Buffer.alloc(0)
  let isBare = isFirstBare
  let isCut = false
  return (bytes) => {
    rest = Buffer.concat([rest, bytes])
    let at = 0
    while (!isCut) {
      const head = isBare ? 0 : 1
      if (rest.length < at + head + 4) break
      const length = head + rest.readUInt32BE(at + head)
      if (rest.length < at + length) break
      const kind = isBare ? 0 : (rest[at] as number)
      if (!passes(kind, rest.subarray(at, at + length))) isCut = true
      else at += length
      isBare = false
    }
    const whole = rest.subarray(0, at)
    rest = isCut ? Buffer.alloc(0) : rest.subarray(at)
    return whole
  }
}

function carry(bytes: Buffer, to: Socket, from: Socket): void {
  if (bytes.length === 0 || to.destroyed || to.write(bytes)) return
  from.pause()
  to.once('drain', () => from.resume())
}

/** Whether a message that holds one text says this. */
const says = (bytes: Buffer, text: string): boolean => bytes.subarray(5, -1).toString('latin1') === text

/** The texts that a message begins with: of Parse its name and what it prepares, of Bind its portal and what it runs. */
const textOf = (bytes: Buffer): string[] => bytes.subarray(5).toString('latin1').split('\0', 2)
