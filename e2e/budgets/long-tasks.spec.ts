import type { Browser, Page } from '@playwright/test'
import { composer, messages } from '../support/room.ts'
import { seedMessages } from '../support/seed.ts'
import { expect, test } from '../support/test.ts'

/* What a slow device feels in a large room. */

const MESSAGES = 10_000
/**
 * How much slower the device is. Reckoned, not played: a browser that plays it idles by the wall clock, so that all a
 * neighbour on this machine takes counts several times.
 */
const SLOWER = 4
const LONG = 50
const RUNS = 3
const SCREENS = 20
/** What a wheel turns by, in px. */
const NOTCH = 120
const TYPED = 'the ferry at seven forty, and something warm to put on later'

test('a device four times slower types and scrolls in a room of 10,000 messages, and is never held up for 50 ms', async ({
  browser,
  friends,
  server,
}) => {
  test.setTimeout(240_000)
  const [amara, benoit, roomId] = await friends()
  await seedMessages(server, roomId, [amara, benoit], MESSAGES)
  const page = await amara.open('/')
  const longest = { typing: [] as number[], scrolling: [] as number[] }
  for (let run = 0; run < RUNS; run++) {
    await page.goto(new URL(`/r/${roomId}`, page.url()).href)
    await expect(messages(page).getByText(`message ${MESSAGES}`)).toBeVisible()
    longest.typing.push(SLOWER * (await longestTask(browser, page, () => type(page))))
    longest.scrolling.push(SLOWER * (await longestTask(browser, page, () => scrollUp(page))))
    await composer(page).fill('')
  }

  // The best run: what neighbours on this machine add to the others, in cache and in speed, is not the page's.
  for (const [what, ofEach] of Object.entries(longest)) {
    const [best, worst] = [Math.min(...ofEach), Math.max(...ofEach)]
    const said = `longest task while ${what}: ${best.toFixed(0)} ms in the best of ${RUNS} runs, ${worst.toFixed(0)} in the worst`
    test.info().annotations.push({ type: 'budget', description: said })
    expect.soft(best, said).toBeLessThan(LONG)
  }
})

async function type(page: Page): Promise<void> {
  await composer(page).focus()
  await page.keyboard.type(TYPED)
  await expect(composer(page)).toHaveValue(TYPED)
}

async function scrollUp(page: Page): Promise<void> {
  const { width, height } = page.viewportSize() ?? { width: 1440, height: 900 }
  await page.mouse.move(width / 2, height / 2)
  for (let screen = 0; screen < SCREENS; screen++) {
    const before = await topmost(page)
    for (let turned = 0; turned < height; turned += NOTCH) {
      await page.mouse.wheel(0, -NOTCH)
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(done)))
    }
    await expect.poll(() => topmost(page)).toBeLessThan(before)
  }
}

/** The number of the first message in sight. */
function topmost(page: Page): Promise<number> {
  return messages(page).evaluate((list) => {
    for (const row of list.querySelectorAll('li[data-index]')) {
      const number = /^message (\d+)/.exec(row.querySelector('.bubble__t')?.textContent ?? '')?.[1]
      if (number && row.getBoundingClientRect().bottom > 0) return Number(number)
    }
    return Number.NaN
  })
}

type TraceEvent = { name: string; pid: number; tid: number; tdur?: number; args?: { name?: string } }

/**
 * The longest that the page's main thread was at work in one go, in ms of its own time: what others on the machine take
 * meanwhile does not count, and what this test asks of the page does.
 */
async function longestTask(browser: Browser, page: Page, work: () => Promise<void>): Promise<number> {
  await browser.startTracing(page, { categories: ['toplevel', '__metadata'] })
  await work()
  const trace = (await browser.stopTracing()).toString()
  const { traceEvents } = JSON.parse(trace) as { traceEvents: TraceEvent[] }
  const threads = traceEvents.filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
  const main = new Set(threads.map(({ pid, tid }) => `${pid} ${tid}`))
  const tasks = traceEvents.filter(
    ({ name, pid, tid }) => name === 'ThreadControllerImpl::RunTask' && main.has(`${pid} ${tid}`),
  )
  expect(tasks.length, 'the trace holds the tasks of the page').toBeGreaterThan(50)
  return Math.max(...tasks.map(({ tdur = 0 }) => tdur / 1000))
}
