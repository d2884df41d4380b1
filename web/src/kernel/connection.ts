import {
  PROTOCOL_VERSION,
  type Answer,
  type Frame,
  type Hello,
  type InputOf,
  type Method,
  type OutputOf,
} from '@connectly/protocol'
import { io, type Socket } from 'socket.io-client'
import { AskError } from './ask-error.ts'
import { watched, type Watched } from './watched.ts'

/** How it stands with the line to the server. `retryAt` is by this device's clock, in ms. */
export type Line =
  | { state: 'connecting'; tries: number }
  | { state: 'waiting'; tries: number; retryAt: number }
  | { state: 'opening'; tries: number }
  | { state: 'open' }
  | { state: 'offline' }
  | { state: 'signedOut' }
  | { state: 'outdated' }
  /** This account is kept out until then, by the server's clock, in ms. */
  | { state: 'banned'; until: number }
  | { state: 'closed' }

export type Connection = {
  line: Watched<Line>
  ask: <M extends Method>(method: M, input: InputOf<M>) => Promise<OutputOf<M>>
  start: () => void
  stop: () => void
}

type Options = {
  url: string
  /** For clients without our cookie. */
  token?: string
  /** Said when the socket is there: bring everything up to date. What it throws closes the socket again. */
  onOpen: (hello: Hello) => Promise<void>
  onFrame: (frame: Frame) => void
  onSignal: (name: string, data: unknown) => void
  /** Lower in tests. */
  patience?: { ask: number; first: number; longest: number }
}

const usual = { ask: 10_000, first: 500, longest: 30_000 }

/** One socket, kept up by tries with full jitter: half a second at first, half a minute at most. */
export function createConnection({ url, token, onOpen, onFrame, onSignal, patience = usual }: Options): Connection {
  const line = watched<Line>({ state: 'closed' })
  let socket: Socket | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let tries = 0

  function connect(): void {
    clearTimeout(timer)
    drop()
    if (isOffline()) return line.set({ state: 'offline' })
    line.set({ state: 'connecting', tries })
    const mine = io(url, {
      transports: ['websocket', 'polling'],
      tryAllTransports: true,
      reconnection: false,
      forceNew: true,
      timeout: patience.ask,
      ...(token && { auth: { token } }),
    })
    socket = mine
    const ifMine =
      <Args extends unknown[]>(act: (...args: Args) => void) =>
      (...args: Args) => {
        if (socket === mine) act(...args)
      }
    mine.on(
      'hello',
      ifMine((hello: Hello) => void open(mine, hello)),
    )
    mine.on('told', ifMine(onFrame))
    mine.on('said', ifMine(onSignal))
    mine.on(
      'signedOut',
      ifMine(() => end({ state: 'signedOut' })),
    )
    mine.on(
      'connect_error',
      ifMine((error: Error & { data?: { code?: string; until?: number } }) => {
        if (error.data?.code === 'SignedOut') end({ state: 'signedOut' })
        else if (error.data?.code === 'Banned') waitUntil(error.data.until ?? 0)
        else later()
      }),
    )
    mine.on('disconnect', ifMine(later))
  }

  async function open(mine: Socket, hello: Hello): Promise<void> {
    if (hello.protocol !== PROTOCOL_VERSION) return end({ state: 'outdated' })
    line.set({ state: 'opening', tries })
    try {
      await onOpen(hello)
      if (socket !== mine) return
      tries = 0
      line.set({ state: 'open' })
    } catch (error) {
      if (socket !== mine) return
      if (error instanceof AskError && error.code === 'SignedOut') end({ state: 'signedOut' })
      else later()
    }
  }

  function later(): void {
    drop()
    tries += 1
    if (isOffline()) return line.set({ state: 'offline' })
    const span = Math.min(patience.longest, patience.first * 2 ** Math.min(tries, 10))
    const wait = patience.first + Math.random() * (span - patience.first)
    line.set({ state: 'waiting', tries, retryAt: Date.now() + wait })
    timer = setTimeout(connect, wait)
  }

  /** Kept out: there is nothing to try before then, and whoever comes to look earlier is told the same. */
  function waitUntil(until: number): void {
    end({ state: 'banned', until })
    timer = setTimeout(connect, Math.min(Math.max(patience.longest, until - Date.now()), LONGEST_TIMER))
  }

  function end(last: Line): void {
    clearTimeout(timer)
    drop()
    line.set(last)
  }

  function drop(): void {
    const old = socket
    socket = undefined
    old?.disconnect()
  }

  const onOnline = () => connect()
  const onOffline = () => end({ state: 'offline' })
  const onSeen = () => {
    if (document.visibilityState === 'visible' && line.get().state === 'waiting') connect()
  }

  return {
    line,
    ask: async <M extends Method>(method: M, input: InputOf<M>): Promise<OutputOf<M>> => {
      if (!socket?.connected) throw new AskError({ code: 'Offline' })
      let answer: Answer<OutputOf<M>>
      try {
        answer = (await socket.timeout(patience.ask).emitWithAck('ask', method.name, input)) as Answer<OutputOf<M>>
      } catch {
        throw new AskError({ code: 'NoAnswer' })
      }
      if (answer.ok) return answer.value
      if (answer.refusal.code === 'SignedOut') end({ state: 'signedOut' })
      throw new AskError(answer.refusal)
    },
    start: () => {
      if (typeof window !== 'undefined') {
        window.addEventListener('online', onOnline)
        window.addEventListener('offline', onOffline)
        document.addEventListener('visibilitychange', onSeen)
      }
      connect()
    },
    stop: () => {
      if (typeof window !== 'undefined') {
        window.removeEventListener('online', onOnline)
        window.removeEventListener('offline', onOffline)
        document.removeEventListener('visibilitychange', onSeen)
      }
      end({ state: 'closed' })
    },
  }
}

/** The longest that a timer can wait, in ms. */
const LONGEST_TIMER = 2 ** 31 - 1

const isOffline = (): boolean => typeof navigator !== 'undefined' && navigator.onLine === false
