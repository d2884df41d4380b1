import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  signUp,
  TERMS_VERSION,
  type Answer,
  type InputOf,
  type Method,
  type OutputOf,
  type Person,
} from '@connectly/protocol'
import { sessionTable } from './kernel/tables.ts'
import type { Change, Store } from './store/store.ts'

/* Browsers that come in by cookie, for tests of how one comes in. */

export const PASSWORD = 'seven grey herons wade'

export type Browser = ReturnType<typeof createBrowser>

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0'
/** A server that believes whoever says where they come from. */
export const behindProxy = { config: { trustedProxies: ['loopback'] } }

/** Asks as a page of ours does: by cookie, with the double-submit header; from an address, at a server `behindProxy`. */
export function createBrowser(url: string, { userAgent = FIREFOX, address = '127.0.0.1' } = {}) {
  const cookies = new Map<string, string>()
  const setCookies: string[] = []

  async function post(name: string, input: unknown): Promise<Answer<unknown>> {
    const response = await fetch(`${url}/api/${name}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': userAgent,
        origin: url,
        'x-forwarded-for': address,
        cookie: [...cookies].map(([key, value]) => `${key}=${value}`).join('; '),
        'x-csrf-token': decodeURIComponent(cookies.get('connectly_csrf') ?? ''),
      },
      body: JSON.stringify(input),
    })
    for (const line of response.headers.getSetCookie()) {
      setCookies.push(line)
      const [, key = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (value === '') cookies.delete(key)
      else cookies.set(key, value)
    }
    return (await response.json()) as Answer<unknown>
  }

  const browser = {
    cookies,
    setCookies,
    token: () => cookies.get('connectly') ?? '',
    tries: async <M extends Method>(method: M, input: InputOf<M>): Promise<Answer<OutputOf<M>>> => {
      const answer = await post(method.name, input)
      const isNew = !answer.ok && answer.refusal.code === 'BadOrigin'
      return (isNew ? await post(method.name, input) : answer) as Answer<OutputOf<M>>
    },
    ask: async <M extends Method>(method: M, input: InputOf<M>): Promise<OutputOf<M>> =>
      valueOf(await browser.tries(method, input)),
    /** Makes an account, and is signed in to it. */
    signsUp: (username: string, more: Partial<InputOf<typeof signUp>> = {}): Promise<Person> =>
      browser.ask(signUp, { username, password: PASSWORD, terms: TERMS_VERSION, ...more }),
  }
  return browser
}

/** The mails to this address, once there is one: what is in the folder that stands in for a mail server. */
export async function mailsTo(dataDir: string, to: string, template: string): Promise<string[]> {
  for (let tries = 0; ; tries++) {
    const folder = join(dataDir, 'outbox')
    const files = await readdir(folder).catch((): string[] => [])
    const texts = files.filter((name) => name.includes(`-${template}-`) && name.endsWith('.txt'))
    const mails = await Promise.all(texts.map((name) => readFile(join(folder, name), 'utf8')))
    const theirs = mails.filter((mail) => mail.includes(`To: ${to}\n`))
    if (theirs.length > 0 || tries === 200) return theirs
    await new Promise((done) => setTimeout(done, 25))
  }
}

/**
 * Holds the next commit that begins a session. `looked` is when somebody has looked up sessions meanwhile; then `release` it.
 */
export function holdEntering(store: Store) {
  const [begun, released, looked] = [
    Promise.withResolvers<void>(),
    Promise.withResolvers<void>(),
    Promise.withResolvers<void>(),
  ]
  const [commit, find] = [store.commit.bind(store), store.find.bind(store)]
  const isEntering = ({ make }: Change) =>
    make((place) => ({ place, seq: 0, at: 0 })).writes.some(
      ({ do: what, table }) => what === 'insert' && table === sessionTable,
    )
  store.commit = async (changes, now) => {
    if (!changes.some(isEntering)) return commit(changes, now)
    store.commit = commit
    begun.resolve()
    await released.promise
    return commit(changes, now)
  }
  store.find = async (table, query) => {
    const rows = await find(table, query)
    if ((table as object) === sessionTable) {
      store.find = find
      looked.resolve()
    }
    return rows
  }
  return { begun: begun.promise, looked: looked.promise, release: released.resolve }
}

export const codeOf = (answer: Answer<unknown>): string => (answer.ok ? 'ok' : answer.refusal.code)

export function valueOf<T>(answer: Answer<T>): T {
  assert.ok(answer.ok, codeOf(answer))
  return answer.value
}
