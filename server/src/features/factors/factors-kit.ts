import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  addPasskey,
  beginPasskey,
  beginTotp,
  confirmTotp,
  openPasskeyDialog,
  signIn,
  signUp,
  TERMS_VERSION,
  type Answer,
  type InputOf,
  type Method,
  type OutputOf,
  type UserId,
} from '@connectly/protocol'
import { startSession } from '../../kernel/sessions.ts'
import { patch, type Write } from '../../store/store.ts'
import { newId, startServer, type TestPerson, type TestServer } from '../../test-kit.ts'
import { userTable, type UserRow } from '../accounts/index.ts'
import { codeAt, createAuthenticator, type Twist } from './authenticator-kit.ts'

/* People with second factors, on a real server whose clock can be put forward. */

export const PASSWORD = 'seven grey herons wade'
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
export const MINUTE = 60_000
export const DAY = 24 * 60 * MINUTE

export type FactorsWorld = Awaited<ReturnType<typeof createFactorsWorld>>
type Asking = Pick<TestPerson, 'ask' | 'tries' | 'userId' | 'token'>

export async function createFactorsWorld(given?: TestServer) {
  let shift = 0
  const now = () => Date.now() + shift
  const server = given ?? (await startServer({ clock: now }))
  /** Where browsers find it: passkeys know no bare addresses. */
  const origin = server.url.replace('127.0.0.1', 'localhost')

  const browser = () => createBrowser(server.url)

  /** Somebody with a password, signed in by a browser. */
  async function owner() {
    const username = `factors-${newId().slice(-12)}`
    const home = browser()
    const { userId } = await home.ask(signUp, { username, password: PASSWORD, terms: TERMS_VERSION })
    const me = server.again(userId, home.token())
    return { username, userId, home, me }
  }

  /** Another session of somebody, as signing in would begin it. */
  async function again(userId: UserId) {
    const { kind, isAdmin } = await userOf(userId)
    const { token, write } = startSession({ userId, kind, now: now(), isAdmin: isAdmin ?? false })
    await commit([write])
    return server.again(userId, token)
  }

  /** Gives somebody an authenticator app, whose code of a moment it answers with. */
  async function addApp(person: Asking) {
    const stepUp = await server.stepUp(person)
    const { ticket, key, uri } = await person.ask(beginTotp, { stepUp })
    const { recoveryCodes } = await person.ask(confirmTotp, { stepUp, ticket, code: codeAt(key, now()) })
    return { key, uri, ticket, recoveryCodes, code: (steps = 0) => codeAt(key, now() + steps * 30_000) }
  }

  /** Gives somebody a passkey on a device of its own. */
  async function addKey(person: Asking, kind: { counts?: boolean; isSynced?: boolean; name?: string } = {}) {
    const device = createAuthenticator(origin, kind)
    const stepUp = await server.stepUp(person)
    const dialog = await person.ask(beginPasskey, { stepUp })
    const { name = 'My phone' } = kind
    const answer = await person.ask(addPasskey, { stepUp, name, passkey: device.make(dialog) })
    return { ...device, ...answer, passkeyId: answer.factors.passkeys.at(-1)!.passkeyId }
  }

  /** The password was right: the ticket for the second step. */
  async function halfWay(username: string, at: Browser = browser()): Promise<string> {
    const { person, second } = await at.ask(signIn, { username, password: PASSWORD })
    assert.equal(person, null)
    return second?.ticket ?? assert.fail('a second step was expected')
  }

  /** What a passkey answers to a dialog opened by this browser. */
  const answerAt = async (
    device: ReturnType<typeof createAuthenticator>,
    at: Pick<Browser, 'ask'>,
    ticket?: string,
    twist: Twist = {},
  ) => device.answer(await at.ask(openPasskeyDialog, ticket === undefined ? {} : { ticket }), twist)

  const userOf = async (userId: UserId): Promise<UserRow> =>
    (await server.app.store.get(userTable, { userId })) ?? assert.fail('no such user')

  async function commit(writes: readonly Write[]): Promise<void> {
    const change = { places: [], given: [], make: () => ({ writes, events: [], result: null }) }
    await server.app.store.commit([change], now())
  }

  /** Mails of this kind to somebody, as they are put into the outbox folder, once there are this many. */
  async function mailsTo(to: string, kind: RegExp, count: number): Promise<{ template: string; text: string }[]> {
    const folder = join(server.dataDir, 'outbox')
    const until = Date.now() + 5000
    for (;;) {
      const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.txt')) : []
      const mails = files
        .map((file) => ({ template: file.split('-').at(-2) ?? '', text: readFileSync(join(folder, file), 'utf8') }))
        .filter(({ template, text }) => kind.test(template) && text.startsWith(`To: ${to}\n`))
      if (mails.length >= count) return mails
      assert.ok(Date.now() < until, `${mails.length} mails of ${count} came`)
      await new Promise((done) => setTimeout(done, 10))
    }
  }

  return {
    server,
    origin,
    now,
    /** Puts the server's clock forward. */
    wait: (ms: number) => void (shift += ms),
    browser,
    owner,
    addApp,
    addKey,
    halfWay,
    answerAt,
    /** Changes an account's row, for what other features do. */
    edit: (userId: UserId, set: Partial<UserRow>) => commit([patch(userTable, { userId }, { set })]),
    commit,
    again,
    userOf,
    mailsTo,
  }
}

export type Browser = ReturnType<typeof createBrowser>

/** A browser of its own: it keeps cookies, and sends them with what proves that it is a page of ours. */
export function createBrowser(url: string) {
  const cookies = new Map<string, string>()
  const post = async (name: string, input: unknown): Promise<Answer<unknown>> => {
    const response = await fetch(`${url}/api/${name}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': FIREFOX,
        origin: url,
        cookie: [...cookies].map(([key, value]) => `${key}=${value}`).join('; '),
        'x-csrf-token': decodeURIComponent(cookies.get('connectly_csrf') ?? ''),
      },
      body: JSON.stringify(input),
    })
    for (const line of response.headers.getSetCookie()) {
      const [, key = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (value === '') cookies.delete(key)
      else cookies.set(key, value)
    }
    return (await response.json()) as Answer<unknown>
  }
  const tries = async <M extends Method>(method: M, input: InputOf<M>): Promise<Answer<OutputOf<M>>> => {
    const answer = await post(method.name, input)
    const isFirst = !answer.ok && answer.refusal.code === 'BadOrigin'
    return (isFirst ? await post(method.name, input) : answer) as Answer<OutputOf<M>>
  }
  return {
    cookies,
    tries,
    ask: async <M extends Method>(method: M, input: InputOf<M>): Promise<OutputOf<M>> =>
      valueOf(await tries(method, input)),
    token: () => cookies.get('connectly') ?? '',
  }
}

export const codeOf = (answer: Answer<unknown>): string => (answer.ok ? 'ok' : answer.refusal.code)

export function valueOf<T>(answer: Answer<T>): T {
  assert.ok(answer.ok, codeOf(answer))
  return answer.value
}
