import type { Page } from '@playwright/test'
import type { Screen } from '../screens/screen.ts'
import { makeWorld, type World } from '../screens/world.ts'
import { sizes } from './sizes.ts'
import { signedIn, test as base } from './test.ts'
import { layWire } from './wire.ts'

type Fixtures = {
  /** Opens one of the app's screens in a browser of its own, goes its steps, looks at it, and leaves it as it was. */
  show: (screen: Screen, look: (page: Page) => Promise<void>) => Promise<void>
}

const deskSize = { width: 1280, height: 800, isPhone: false } as const
const phoneSize = { width: 360, height: 760, isPhone: true } as const

/** Every screen of the app, over a small world like the one that the mockups show. */
export const test = base.extend<Fixtures, { world: World }>({
  world: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright reads what a fixture needs from this pattern
    async ({}, use) => {
      const world = await makeWorld(process.env['CLIENT_DIR'])
      await use(world)
      await world.stop()
    },
    { scope: 'worker', timeout: 120_000 },
  ],

  show: async ({ browser, world, watch, here }, use) => {
    watch.allow(/status of (?:401|404|429)/, /net::ERR_|WebSocket/)
    await use(async (screen, look) => {
      const wire = await layWire(world.server.url)
      const who = screen.as === null ? null : (screen.as ?? 'noor')
      const me = who && (await world.visitor(who, screen.isOwnSession ? 'own' : 'first'))
      const size = here === 'phone' ? phoneSize : deskSize
      const scene = { world, wire, size, me }
      const { width, height } = size
      const context = await browser.newContext({
        ...sizes[here],
        viewport: { width, height },
        reducedMotion: 'reduce',
        ...(me && { storageState: signedIn(wire.url, me) }),
      })
      try {
        await watch.over(context)
        const page = await context.newPage()
        await world.renew()
        await screen.before?.(page, scene)
        await page.goto(wire.url + (typeof screen.path === 'string' ? screen.path : screen.path(world)))
        await screen.open(page, scene)
        await look(page)
        await page.setViewportSize({ width, height })
        await screen.after?.(page, scene)
      } finally {
        await context.close()
        await wire.close()
      }
    })
  },
})
