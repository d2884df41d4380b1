import { stripVTControlCharacters } from 'node:util'
import type { Browser, BrowserContext, Page } from '@playwright/test'
import { signedIn } from '../support/test.ts'
import { layWire } from '../support/wire.ts'
import { themes, type Scene, type Screen, type Size, type Theme } from './screen.ts'
import type { World } from './world.ts'

/** One screen at one size: its pictures, or why there are none. */
export type Shot = { size: Size; pictures: Partial<Record<Theme, Buffer>>; failure: string | null; faults: string[] }

/** How long a step may take, in ms: long, since a machine that takes pictures is busy. */
const LIMIT = 10_000
/** What a browser says of answers that a screen is about. */
const expected = /status of (?:404|401|429)|net::ERR_|WebSocket/

/** Opens a screen in a browser of its own, and takes it in both themes. */
export async function take(browser: Browser, world: World, screen: Screen, size: Size): Promise<Shot> {
  const wire = await layWire(world.server.url)
  const who = screen.as === null ? null : (screen.as ?? 'noor')
  const scene: Scene = {
    world,
    wire,
    size,
    me: who && (await world.visitor(who, screen.isOwnSession ? 'own' : 'first')),
  }
  const shot: Shot = { size, pictures: {}, failure: null, faults: [] }
  const context = await newContext(browser, scene)
  context.on('console', (message) => {
    if (message.type() === 'error' && !expected.test(message.text())) shot.faults.push(message.text())
  })
  context.on('weberror', (error) => shot.faults.push(error.error().message))
  const page = await context.newPage()
  page.setDefaultTimeout(LIMIT)
  try {
    await world.renew()
    await screen.before?.(page, scene)
    await page.goto(wire.url + (typeof screen.path === 'string' ? screen.path : screen.path(world)))
    await screen.open(page, scene)
  } catch (error) {
    shot.failure = reasonOf(error)
  }
  try {
    for (const theme of themes) shot.pictures[theme] = await picture(page, theme)
    await screen.after?.(page, scene)
  } catch (error) {
    shot.failure ??= reasonOf(error)
  } finally {
    await context.close()
    await wire.close()
  }
  return shot
}

async function newContext(browser: Browser, { world, wire, size, me }: Scene): Promise<BrowserContext> {
  const state = me && signedIn(wire.url, me)
  const context = await browser.newContext({
    viewport: { width: size.width, height: size.height },
    locale: 'en-GB',
    timezoneId: 'UTC',
    ...(size.isPhone && { isMobile: true, hasTouch: true, deviceScaleFactor: 2 }),
    ...(state && { storageState: state }),
  })
  await context.addInitScript(evening, world.skew)
  // What Noor began to write to Linh is kept on the device.
  const draft = {
    key: `connectly.draft.${world.people.noor.userId}.${world.rooms.linh}`,
    text: 'Hẹn gặp cậu ở quán cũ nhé',
  }
  if (me?.userId === world.people.noor.userId) await context.addInitScript(keepDraft, draft)
  return context
}

/** In the page: it is the same evening as on the server. */
function evening(skew: number): void {
  const Real = Date
  class Evening extends Real {
    constructor(...given: unknown[]) {
      super(...((given.length === 0 ? [Real.now() + skew] : given) as [number]))
    }
    static override now(): number {
      return Real.now() + skew
    }
  }
  globalThis.Date = Evening as DateConstructor
}

/** In the page, which is none yet when a browser opens. */
function keepDraft({ key, text }: { key: string; text: string }): void {
  if (location.protocol === 'about:') return
  localStorage.setItem(key, JSON.stringify({ text, mentions: [], replyToId: null }))
}

async function picture(page: Page, theme: Theme): Promise<Buffer> {
  await page.emulateMedia({ colorScheme: theme })
  await page.evaluate(async () => {
    await document.fonts.ready
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
  })
  return page.screenshot({ type: 'jpeg', quality: 82, animations: 'disabled', caret: 'hide' })
}

const reasonOf = (error: unknown): string =>
  stripVTControlCharacters(error instanceof Error ? error.message : String(error))
    .split('\n')
    .slice(0, 6)
    .join('\n')
