import { startServer, type TestServer } from '@connectly/server/test-kit'
import type { Page } from '@playwright/test'
import { opener, test as base, type ScreenOptions } from './test.ts'

type Options = Parameters<typeof startServer>[0]
/** A server of a test's own, and browsers in front of it. */
export type House = {
  server: TestServer
  /** By its name, as passkeys and other services know it. */
  url: string
  visit: (path: string, options?: ScreenOptions) => Promise<Page>
}

type Fixtures = {
  /** Starts a server with settings of its own, at a port if one is given. */
  house: (options?: Options) => Promise<House>
}

export const test = base.extend<Fixtures>({
  house: async ({ browser, watch, here }, use) => {
    const opened = opener(browser, watch)
    const servers: TestServer[] = []
    await use(async (options) => {
      const clientDir = process.env['CLIENT_DIR']
      const server = await startServer({ ...(clientDir && { clientDir }), ...options })
      servers.push(server)
      const url = server.url.replace('127.0.0.1', 'localhost')
      return { server, url, visit: (path, more) => opened.open(url + path, { size: here, ...more }) }
    })
    await opened.close()
    for (const server of servers) await server.stop()
  },
})
