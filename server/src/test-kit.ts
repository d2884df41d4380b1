import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  foldText,
  roomPlace,
  type Answer,
  type Frame,
  acceptRequest,
  askToTalk,
  openSync,
  type InputOf,
  type LocalId,
  type LoggedEvent,
  type Method,
  type OutputOf,
  type Place,
  type RoomId,
  type Signal,
  type UserId,
} from '@connectly/protocol'
import { io, type Socket } from 'socket.io-client'
import { createApp, type App, type Overrides } from './app.ts'
import type { Config } from './config.ts'
import { newStore, storeOf } from './engine-kit.ts'
import { userTable } from './features/accounts/index.ts'
import { newId, sha256 } from './kernel/ids.ts'
import type { LimitTable } from './kernel/limits.ts'
import { createLogger } from './kernel/logger.ts'
import type { ProofKind } from './kernel/seals.ts'
import { startSession } from './kernel/sessions.ts'
import type { TallyTable } from './kernel/tallies.ts'
import { insert, type Store } from './store/store.ts'

/*
 * A real server on a port of its own, and people who ask and hear: what every test and benchmark stands on. Its store is
 * of the engine that TEST_ENGINE names, unless the configuration names one.
 */

/** Limits that no test reaches by accident. */
export const roomyLimits: LimitTable = Object.fromEntries(
  (
    [
      'read',
      'write',
      'send',
      'open',
      'search',
      'request',
      'membership',
      'signal',
      'signIn',
      'signUp',
      'second',
      'mail',
      'account',
    ] as const
  ).map((name) => [name, { points: 1_000_000_000, seconds: 1, by: 'person' }]),
) as LimitTable

/** The same for what looks like spam. */
export const roomyTallies: TallyTable = {
  sameText: { points: 1e9, seconds: 1 },
  links: { points: 1e9, seconds: 1 },
  mentions: { points: 1e9, seconds: 1 },
  rooms: { points: 1e9, seconds: 1 },
}

export type TestServer = Awaited<ReturnType<typeof startServer>>
export type TestPerson = Awaited<ReturnType<TestServer['person']>>

export async function startServer(options: Overrides & { dataDir?: string; config?: Partial<Config> } = {}) {
  const { dataDir = mkdtempSync(join(tmpdir(), 'connectly-')), config, ...overrides } = options
  const own = options.dataDir === undefined
  const isGiven = config?.databaseUrl != null || config?.mongodbUri != null
  const kept = isGiven ? undefined : await (own ? newStore() : storeOf(dataDir))
  const app: App = await createApp(
    {
      port: 0,
      host: '127.0.0.1',
      dataDir,
      publicUrl: null,
      trustedProxies: [],
      corsOrigins: [],
      logLevel: 'fatal',
      logs: null,
      metricsToken: null,
      secretKey: 'a key for tests, long enough to be one',
      production: false,
      databaseUrl: null,
      mongodbUri: null,
      redisUrl: null,
      ...kept?.settings,
      ...config,
    },
    { checkOutputs: true, limits: roomyLimits, tallies: roomyTallies, logger: createLogger('fatal'), ...overrides },
  )
  const url = await app.listen()
  const sockets: Socket[] = []

  return {
    url,
    app,
    dataDir,
    /** Somebody with an account and a session, made without hashing a password. */
    person: async (username: string) => {
      const { userId, token } = await addPerson(app.store, username)
      return personAt(url, userId, token, sockets)
    },
    /** Somebody who runs the server. */
    administrator: async (username: string) => {
      const { userId, token } = await addPerson(app.store, username, 'person', true)
      return personAt(url, userId, token, sockets)
    },
    /** What a step-up by this proof gives them, without its method. */
    stepUp: ({ userId, token }: { userId: UserId; token: string }, by: ProofKind = 'totp') =>
      app.services.seals.signStepUp({ userId, tokenHash: sha256(token), by }),
    /** The same person, by a session they already have. */
    again: (userId: UserId, token: string) => personAt(url, userId, token, sockets),
    stop: async () => {
      for (const socket of sockets) socket.disconnect()
      await app.stop()
      if (own) await kept?.drop()
      if (own) rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

/** Writes an account and a session straight into a store. */
export async function addPerson(
  store: Store,
  username: string,
  kind: 'person' | 'guest' | 'bot' | 'ai' = 'person',
  isAdmin = false,
): Promise<{ userId: UserId; token: string }> {
  const userId = newId<UserId>()
  const now = Date.now()
  const session = startSession({ userId, kind, now, isAdmin })
  const user = {
    userId,
    username,
    name: username,
    nameKey: foldText(username),
    kind,
    createdAt: now,
    passwordHash: null,
    about: '',
    privacy: null,
    lastSeenAt: null,
    isAdmin,
    email: null,
    emailKey: null,
    secondSteps: null,
    factorsRev: 0,
    passwordChangedAt: null,
    renamedAt: null,
    timeZone: '',
    language: '',
    terms: null,
    entries: 0,
  }
  const [outcome] = await store.commit(
    [
      {
        places: [],
        given: [],
        make: () => ({ writes: [insert(userTable, user), session.write], events: [], result: null }),
      },
    ],
    now,
  )
  if (outcome?.kind !== 'done') throw new Error(`${username} could not be added: ${outcome?.kind}`)
  return { userId, token: session.token }
}

/**
 * Somebody with a session, at a server that may run anywhere.
 * @param sockets what is opened is put here, for whoever stops
 */
export function personAt(url: string, userId: UserId, token: string, sockets: Socket[]) {
  const person = {
    userId,
    token,
    /** Asks over HTTP; answers with the refusal too. */
    tries: <M extends Method>(method: M, input: InputOf<M>): Promise<Answer<OutputOf<M>>> =>
      post(url, token, method.name, input) as Promise<Answer<OutputOf<M>>>,
    /** Asks over HTTP; throws what is refused. */
    ask: async <M extends Method>(method: M, input: InputOf<M>): Promise<OutputOf<M>> =>
      valueOf(await person.tries(method, input)),
    /** Opens a socket and takes its seats. */
    connect: async (holds: Record<string, number> = {}, epoch: string | null = null) => {
      const socket = io(url, { auth: { token }, transports: ['websocket'], forceNew: true, reconnection: false })
      sockets.push(socket)
      const frames: Frame[] = []
      const signals: { name: string; data: unknown }[] = []
      const waiters = new Set<() => void>()
      const wake = () => waiters.forEach((look) => look())
      let ended = false
      socket.on('told', (frame: Frame) => {
        frames.push(frame)
        wake()
      })
      socket.on('said', (name: string, data: unknown) => {
        signals.push({ name, data })
        wake()
      })
      socket.on('disconnect', () => {
        ended = true
        wake()
      })
      await new Promise<void>((done, fail) => socket.once('hello', () => done()).once('connect_error', fail))
      const ask = (name: string, input: unknown) =>
        socket.timeout(10_000).emitWithAck('ask', name, input) as Promise<Answer<unknown>>
      const opened = valueOf(await ask(openSync.name, { epoch, cursors: holds, lines: {} }))
      return {
        socket,
        opened: opened as OutputOf<typeof openSync>,
        frames,
        signals,
        /** Everything one signal said so far, in the order it came. */
        said: <S extends Signal>(signal: S) =>
          signals.filter(({ name }) => name === signal.name).map(({ data }) => data as S['data']['_zod']['output']),
        tries: <M extends Method>(method: M, input: InputOf<M>) =>
          ask(method.name, input) as Promise<Answer<OutputOf<M>>>,
        ask: async <M extends Method>(method: M, input: InputOf<M>) =>
          valueOf((await ask(method.name, input)) as Answer<OutputOf<M>>),
        /** Everything heard in a place so far, in the order it came. */
        heard: (place: Place): LoggedEvent[] =>
          frames.filter((frame) => frame.place === place).flatMap((frame) => frame.events),
        isOpen: () => !ended,
        /** Waits until this holds; fails after five seconds. */
        until: (holdsNow: () => boolean, what = 'what was waited for') => waitFor(holdsNow, waiters, what),
      }
    },
  }
  return person
}

async function post(url: string, token: string, name: string, input: unknown): Promise<unknown> {
  const response = await fetch(`${url}/api/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify(input),
  })
  return response.json()
}

function valueOf<T>(answer: Answer<T>): T {
  if (answer.ok) return answer.value
  throw Object.assign(new Error(`refused: ${answer.refusal.code} ${JSON.stringify(answer.refusal.params ?? {})}`), {
    code: answer.refusal.code,
  })
}

function waitFor(holds: () => boolean, waiters: Set<() => void>, what: string): Promise<void> {
  return new Promise((done, fail) => {
    const give = setTimeout(() => {
      waiters.delete(look)
      fail(new Error(`did not happen: ${what}`))
    }, 5000)
    function look(): void {
      if (!holds()) return
      clearTimeout(give)
      waiters.delete(look)
      done()
    }
    waiters.add(look)
    look()
  })
}

/** Makes two people contacts: one asks, the other says yes. Answers with their room. */
export async function befriend(a: TestPerson, b: TestPerson, text = 'Hello there'): Promise<RoomId> {
  const { requestId } = await a.ask(askToTalk, { toId: b.userId, text, localId: newId<LocalId>() })
  return (await b.ask(acceptRequest, { requestId })).roomId
}

export { onlyOn } from './engine-kit.ts'
export { newId, roomPlace }
