import type { Page } from '@playwright/test'
import { allTexts, composer, gapAboveComposer, messages, row, say, settled } from '../support/room.ts'
import { seedMessages } from '../support/seed.ts'
import { expect, test } from '../support/test.ts'

const said = (page: Page, n: number) => messages(page).getByText(new RegExp(`^message ${n}(?:\\n|$)`))

test('a room of 5,000 messages scrolls back to its first without a jump, with few rows in the page', async ({
  friends,
  server,
}) => {
  test.setTimeout(240_000)
  const [amara, benoit, roomId] = await friends()
  await seedMessages(server, roomId, [amara, benoit], 5000)
  const page = await amara.open(`/r/${roomId}`)
  await expect(said(page, 5000)).toBeVisible()

  const { worst, most, pages } = await scrollToBeginning(page)

  expect(pages, 'pages that came under watch').toBeGreaterThan(90)
  expect(worst, 'px that the row in sight moved while earlier ones came').toBeLessThanOrEqual(2)
  expect(most, 'rows in the page at any time').toBeLessThan(60)
  await expect(row(page, 'Hello there')).toBeVisible()
  await expect(said(page, 1)).toBeVisible()

  await page.getByRole('button', { name: 'Jump to newest' }).click()
  await expect(said(page, 5000)).toBeVisible({ timeout: 15_000 })
  await expect(page.getByRole('button', { name: 'Jump to newest' })).toBeHidden()
})

test('who waits at the very top is not moved when the page comes late', async ({ friends, server, wire }) => {
  const [amara, benoit, roomId] = await friends()
  await seedMessages(server, roomId, [amara, benoit], 700)
  const page = await amara.open(`/r/${roomId}`)
  await expect(said(page, 700)).toBeVisible()
  wire.slow(300)
  for (let n = 0; n < 12; n++) expect(await movedAtTop(page), `px, page ${n + 1}`).toBeLessThanOrEqual(2)
})

test(
  'a link to an old message lands on it and lights it up, and the newest are one press away',
  { tag: '@phone' },
  async ({ friends, server }) => {
    const [amara, benoit, roomId] = await friends()
    const ids = await seedMessages(server, roomId, [amara, benoit], 600)
    const page = await amara.open('/you')
    await page.addInitScript(rememberFlashes)
    await page.goto(new URL(`/r/${roomId}/${ids[99]}`, page.url()).href)
    await expect(said(page, 100)).toBeInViewport({ ratio: 1 })
    await expect.poll(() => flashes(page)).toEqual([expect.stringMatching(/^message 100(?:\n|$)/)])
    await expect(page.locator('.msg--flash')).toHaveCount(0)

    await page.getByRole('button', { name: 'Jump to newest' }).click()
    await expect(said(page, 600)).toBeInViewport({ ratio: 1 })
    await expect(page).toHaveURL(new RegExp(`/r/${roomId}$`))
  },
)

test('from an old message one scrolls on to the newest without a gap', async ({ friends, server }) => {
  const [amara, benoit, roomId] = await friends()
  const ids = await seedMessages(server, roomId, [amara, benoit], 300)
  const page = await amara.open(`/r/${roomId}/${ids[99]}`)
  await expect(said(page, 100)).toBeVisible()
  await expect(async () => {
    await messages(page).evaluate((list) => (list.parentElement as HTMLElement).scrollBy(0, 20_000))
    await expect(said(page, 300)).toBeVisible({ timeout: 200 })
  }).toPass()
  const texts = (await allTexts(page)).map((text) => text.split('\n')[0])
  expect(texts.slice(-250)).toEqual(Array.from({ length: 250 }, (_, n) => `message ${n + 51}`))
})

test(
  'at the end it stays at the end, with the last message above the composer',
  { tag: '@phone' },
  async ({ friends, server, there }) => {
    const [amara, benoit, roomId] = await friends()
    await seedMessages(server, roomId, [amara, benoit], 60)
    const hers = await amara.open(`/r/${roomId}`)
    const his = await benoit.open(`/r/${roomId}`, { size: there })
    await expect(said(hers, 60)).toBeVisible()
    await expect(said(his, 60)).toBeVisible()

    for (const text of ['one', 'two', 'three', 'four', 'five', 'six']) {
      await say(hers, text)
      await expect(row(his, text)).toBeVisible()
      await expect.poll(() => gapAboveComposer(his), `above his composer: ${text}`).toBeGreaterThanOrEqual(0)
    }
    await say(hers, 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h')
    await settled(hers)
    await expect(row(his, 'h')).toBeVisible()
    for (const page of [hers, his]) {
      await expect.poll(() => gapAboveComposer(page)).toBeGreaterThanOrEqual(0)
      await expect(row(page, 'h')).toBeInViewport({ ratio: 1 })
    }
    // A text of many lines makes the composer grow over the list.
    await composer(hers).fill('one\ntwo\nthree\nfour\nfive')
    await expect.poll(() => gapAboveComposer(hers)).toBeGreaterThanOrEqual(0)
    await composer(hers).press('Enter')
    await expect.poll(() => gapAboveComposer(hers)).toBeGreaterThanOrEqual(0)
    await expect.poll(() => gapAboveComposer(his)).toBeGreaterThanOrEqual(0)
  },
)

test('who reads further up is not moved by what others say', async ({ friends, server }) => {
  const [amara, benoit, roomId] = await friends()
  await seedMessages(server, roomId, [amara, benoit], 120)
  const page = await amara.open(`/r/${roomId}`)
  const his = await benoit.open(`/r/${roomId}`)
  await expect(said(page, 120)).toBeVisible()
  await expect(said(his, 120)).toBeVisible()
  await messages(page).evaluate((list) => (list.parentElement as HTMLElement).scrollBy(0, -1400))
  await expect(page.getByRole('button', { name: 'Jump to newest' })).toBeVisible()
  const top = () =>
    messages(page).evaluate((list) => {
      const seen = [...list.querySelectorAll('li')].find((each) => each.getBoundingClientRect().top > 150)
      return [seen?.textContent, Math.round(seen?.getBoundingClientRect().top ?? 0)]
    })
  await expect.poll(async () => JSON.stringify(await top()) === JSON.stringify(await top())).toBe(true)
  const before = await top()
  await say(his, 'news', 'and more news')
  await expect(page.getByRole('link', { name: /and more news/ })).toBeVisible()
  expect(await top()).toEqual(before)
})

/** In the page: writes down what lights up, since it is over in a moment. */
function rememberFlashes(): void {
  const seen = new Set<string>()
  const look = () => {
    const text = document.querySelector('.msg--flash .bubble__t')?.textContent
    if (text != null) seen.add(text)
  }
  new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true })
  Object.defineProperty(document, 'flashes', { value: () => [...seen] })
}

const flashes = (page: Page) => page.evaluate(() => (document as Document & { flashes?: () => string[] }).flashes?.())

/** Scrolls up until a page of earlier messages is asked for, and watches a row in sight while it comes; again and again. */
function scrollToBeginning(page: Page): Promise<{ worst: number; most: number; pages: number }> {
  return messages(page).evaluate(async (list) => {
    const scroller = list.parentElement as HTMLElement
    const rows = () => [...list.querySelectorAll<HTMLElement>('li[data-index]')]
    // Rows find their size between a frame's callbacks and its paint: what a person sees is there after it.
    const painted = async (frames = 1) => {
      for (let n = 0; n < frames; n++) await new Promise((done) => requestAnimationFrame(() => setTimeout(done)))
    }
    const near = 1200
    let [worst, most, pages] = [0, 0, 0]

    for (;;) {
      while (scroller.scrollTop >= near) {
        scroller.scrollTop = near + 300
        await painted(2)
        if (scroller.scrollTop < near + 600) scroller.scrollTop = near - 200
      }
      const height = scroller.scrollHeight
      const anchor = rows().find((row) => row.getBoundingClientRect().top > 200)
      if (!anchor) throw new Error('no row is in sight')
      const [name, top] = [anchor.textContent, anchor.getBoundingClientRect().top]
      for (let left = 90; left > 0;) {
        await painted()
        const now = rows().find((row) => row.textContent === name)
        worst = Math.max(worst, now ? Math.abs(now.getBoundingClientRect().top - top) : Number.POSITIVE_INFINITY)
        most = Math.max(most, rows().length)
        left = scroller.scrollHeight > height + near ? Math.min(left - 1, 3) : left - 1
      }
      if (scroller.scrollHeight <= height + near) break
      pages += 1
    }
    scroller.scrollTop = 0
    return { worst, most, pages }
  })
}

/** Goes to the very top, lets the rows there settle, and says how far the first in sight moves when a page comes. */
function movedAtTop(page: Page): Promise<number> {
  return messages(page).evaluate(async (list) => {
    const scroller = list.parentElement as HTMLElement
    const rows = () => [...list.querySelectorAll<HTMLElement>('li[data-index]')]
    const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))
    scroller.scrollTop = 0
    for (let n = 0; n < 6; n++) await painted()
    const height = scroller.scrollHeight
    const anchor = rows().find((row) => row.getBoundingClientRect().top > 200)
    const [name, top] = [anchor?.textContent, anchor?.getBoundingClientRect().top ?? 0]
    let worst = 0
    for (let left = 120; left > 0;) {
      await painted()
      const now = rows().find((row) => row.textContent === name)
      worst = Math.max(worst, now ? Math.abs(now.getBoundingClientRect().top - top) : Number.POSITIVE_INFINITY)
      left = scroller.scrollHeight > height + 1200 ? Math.min(left - 1, 3) : left - 1
    }
    return worst
  })
}
