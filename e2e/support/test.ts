import { test as base, expect, type Browser, type BrowserContextOptions, type Page } from '@playwright/test'
import type { LocalId, RoomId } from '@connectly/protocol'
import { createGroup } from '@connectly/protocol'
import { befriend, newId, startServer, type TestPerson, type TestServer } from '@connectly/server/test-kit'
import { otherSize, sizes, type Size } from './sizes.ts'
import { createWatch, type Watch } from './watch.ts'
import { layWire, type Wire } from './wire.ts'

export { expect }

export type Someone = TestPerson & {
  /** What others see, and what they are found by. */
  name: string
  /** Opens a browser of their own, signed in, at a path. */
  open: (path?: string, options?: ScreenOptions) => Promise<Page>
}
export type ScreenOptions = BrowserContextOptions & { size?: Size }

type Fixtures = {
  /** The line between the browsers of this test and the server. */
  wire: Wire
  /** What went wrong in any page. */
  watch: Watch
  /** The size this project is about, and the other one. */
  here: Size
  there: Size
  /** Somebody with an account and a session. The name gets an ending that no other test has. */
  someone: (name: string) => Promise<Someone>
  /** Two people who may write to each other. */
  friends: (a?: string, b?: string) => Promise<[Someone, Someone, RoomId]>
  group: (name: string, owner: Someone, others: readonly Someone[]) => Promise<RoomId>
  /** A browser of its own, of nobody. */
  visit: (path: string, options?: ScreenOptions) => Promise<Page>
}

let people = 0

export const test = base.extend<Fixtures, { server: TestServer }>({
  server: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright reads what a fixture needs from this pattern
    async ({}, use) => {
      const clientDir = process.env['CLIENT_DIR']
      const server = await startServer({ ...(clientDir && { clientDir }) })
      await use(server)
      await server.stop()
    },
    { scope: 'worker' },
  ],

  wire: async ({ server }, use) => {
    const wire = await layWire(server.url)
    await use(wire)
    await wire.close()
  },

  watch: [
    // oxlint-disable-next-line no-empty-pattern -- as above
    async ({}, use) => {
      const watch = createWatch()
      await use(watch)
      expect(watch.faults, 'nothing went wrong in any page').toEqual([])
    },
    { auto: true },
  ],

  // oxlint-disable-next-line no-empty-pattern -- as above
  here: async ({}, use, info) => use(info.project.metadata['size'] as Size),
  there: async ({ here }, use) => use(otherSize(here)),

  visit: async ({ browser, wire, watch, here }, use) => {
    const opened = opener(browser, watch)
    await use((path, options) => opened.open(wire.url + path, { size: here, ...options }))
    await opened.close()
  },

  someone: async ({ server, visit, wire }, use, info) => {
    await use(async (name) => {
      const username = `${name}.${info.workerIndex}x${(people += 1)}`
      const person = await server.person(username)
      const open: Someone['open'] = (path = '/', options = {}) =>
        visit(path, { storageState: signedIn(wire.url, person), ...options })
      return { ...person, name: username, open }
    })
  },

  friends: async ({ someone }, use) => {
    await use(async (a = 'amara', b = 'benoit') => {
      const [one, other] = [await someone(a), await someone(b)]
      return [one, other, await befriend(one, other)]
    })
  },

  // oxlint-disable-next-line no-empty-pattern -- as above
  group: async ({}, use) => {
    await use(async (name, owner, others) => {
      const userIds = others.map((other) => other.userId)
      return (await owner.ask(createGroup, { localId: newId<LocalId>(), name, userIds })).roomId
    })
  },
})

/** Opens browsers, watches them, and closes them all. */
export function opener(browser: Browser, watch: Watch) {
  const contexts: { close(): Promise<void> }[] = []
  return {
    open: async (url: string, { size = 'desktop', ...options }: ScreenOptions): Promise<Page> => {
      const context = await browser.newContext({ ...sizes[size], ...options })
      contexts.push(context)
      await watch.over(context)
      const page = await context.newPage()
      await page.goto(url)
      return page
    },
    close: async () => {
      for (const context of contexts) await context.close()
    },
  }
}

/** What a browser keeps of somebody who has signed in. */
export function signedIn(url: string, { token, userId }: TestPerson): ScreenOptions['storageState'] {
  const { hostname } = new URL(url)
  const cookie = { name: 'connectly', value: token, domain: hostname, path: '/', httpOnly: true, secure: false }
  return {
    cookies: [{ ...cookie, sameSite: 'Lax', expires: Date.now() / 1000 + 3600 }],
    origins: [{ origin: url, localStorage: [{ name: 'connectly.me', value: userId }] }],
  }
}
