import {
  goToProvider,
  returnFromProvider,
  signUpWithProvider,
  TERMS_VERSION,
  type Answer,
  type InputOf,
  type Method,
  type OutputOf,
} from '@connectly/protocol'
import type { Services } from '../../kernel/services.ts'
import { auditTable } from '../../kernel/tables.ts'
import { startOtherService, type AccountThere } from '../../provider-kit.ts'
import { newId, startServer } from '../../test-kit.ts'

/* A server that people come to from two other services, with a clock that can be put forward. */

export const MINUTE = 60_000
export type ProvidersWorld = Awaited<ReturnType<typeof createProvidersWorld>>
export type Browser = ReturnType<typeof createBrowser>

export async function createProvidersWorld(services: Partial<Services> = {}) {
  let shift = 0
  const [other, google] = await Promise.all([startOtherService(), startOtherService()])
  const providers = [other.settings, { ...google.settings, provider: 'google', name: 'Google' }]
  const server = await startServer({ clock: () => Date.now() + shift, config: { providers }, services })
  for (const each of [other, google]) each.admit(`${server.url}/back`)

  const world = {
    server,
    other,
    google,
    browser: () => createBrowser(server.url),
    /** Somebody with an account there, of whom nobody has heard here. */
    account: (more: Record<string, unknown> = {}): AccountThere => ({ sub: `sub-${newId()}`, ...more }),
    /** Goes there as somebody, and is back: what the page then asks with. */
    there: async (browser: Browser, account: AccountThere | null, provider = 'oidc') => {
      const { url, ticket } = await browser.ask(goToProvider, { provider })
      return { ticket, ...(await world.travel(url, account, provider)) }
    },
    travel: (url: string, account: AccountThere | null, provider = 'oidc') => {
      const service = provider === 'google' ? google : other
      service.sits(account)
      return service.travel(url)
    },
    /** Goes there as somebody, comes back, and is answered. */
    comes: async (browser: Browser, account: AccountThere, provider = 'oidc') =>
      browser.ask(returnFromProvider, await world.there(browser, account, provider)),
    /** Somebody who made an account here by coming from there. */
    newcomer: async (account: AccountThere) => {
      const browser = world.browser()
      const { newcomer } = await world.comes(browser, account)
      const username = `newcomer-${newId().slice(-12)}`
      const input = { ticket: newcomer?.ticket ?? '', username, terms: TERMS_VERSION }
      const { person } = await browser.ask(signUpWithProvider, input)
      if (!person) throw new Error('they were not let in')
      return { browser, person, me: server.again(person.userId, browser.token()) }
    },
    /** Puts the clock forward, in ms. */
    later: (ms: number) => void (shift += ms),
    /** What is on record of sensitive acts, by what they were. */
    audits: async (act: string) =>
      server.app.store
        .find(auditTable, { where: {}, order: [['at', 'desc']], limit: 1000 })
        .then((rows) => rows.filter((row) => row.act === act)),
    stop: async () => {
      await server.stop()
      await Promise.all([other.stop(), google.stop()])
    },
  }
  return world
}

/** The code of an answer, or `ok`. */
export const codeOf = (answer: Answer<unknown>): string => (answer.ok ? 'ok' : answer.refusal.code)

/** A browser with cookies of its own, at our pages. */
function createBrowser(url: string) {
  const cookies = new Map<string, string>()
  async function post(name: string, input: unknown): Promise<Answer<unknown>> {
    const response = await fetch(`${url}/api/${name}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        origin: url,
        cookie: [...cookies].map((pair) => pair.join('=')).join('; '),
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
  const browser = {
    tries: async <M extends Method>(method: M, input: InputOf<M>): Promise<Answer<OutputOf<M>>> => {
      const answer = await post(method.name, input)
      const isNew = !answer.ok && answer.refusal.code === 'BadOrigin'
      return (isNew ? await post(method.name, input) : answer) as Answer<OutputOf<M>>
    },
    ask: async <M extends Method>(method: M, input: InputOf<M>): Promise<OutputOf<M>> => {
      const answer = await browser.tries(method, input)
      if (!answer.ok) throw new Error(`refused: ${answer.refusal.code} ${JSON.stringify(answer.refusal.params ?? {})}`)
      return answer.value
    },
    token: () => cookies.get('connectly') ?? '',
  }
  return browser
}
