import type { Page } from '@playwright/test'
import { messages, news, row, say, settled } from '../support/room.ts'
import { test as town } from '../support/screens.ts'
import { seedMessages } from '../support/seed.ts'
import { expect, test } from '../support/test.ts'
import { awayNoise } from '../support/watch.ts'

test(
  'a reader hears what others say once, and neither one’s own words nor what was said before',
  { tag: '@phone' },
  async ({ friends, server, wire, watch }) => {
    watch.allow(awayNoise)
    const [amara, benoit, roomId] = await friends()
    await seedMessages(server, roomId, [amara, benoit], 90)
    const [hers, his] = [await amara.open(`/r/${roomId}`), await benoit.open(`/r/${roomId}`)]
    await expect(messages(hers).getByText(/^message 90/)).toBeVisible()
    await expect(messages(his).getByText(/^message 90/)).toBeVisible()
    await expect(news(hers)).toHaveAttribute('aria-live', 'polite')
    await expect(news(hers)).toBeEmpty()
    const heard = await listen(hers)

    await hers.locator('.msgs').evaluate((scroller) => scroller.scrollTo(0, 0))
    await say(hers, 'my own words')
    await settled(hers)
    await say(his, 'the first news')
    await expect(row(hers, 'the first news')).toBeVisible()
    wire.cut()
    await expect(hers.getByText('connecting', { exact: true })).toBeVisible()
    wire.mend()
    await say(his, 'the second news')
    await expect(row(hers, 'the second news')).toBeVisible({ timeout: 20_000 })
    expect(await heard()).toEqual([`${benoit.name}: the first news`, `${benoit.name}: the second news`])
  },
)

town(
  'every screen fits 320 px, text of double size, and right to left',
  async ({ town: { amara, screens }, watch }) => {
    town.setTimeout(120_000)
    watch.allow(/ERR_INTERNET_DISCONNECTED/)
    const page = await amara.open('/', { viewport: { width: 320, height: 640 }, reducedMotion: 'reduce' })
    for (const screen of screens.full) {
      await page.goto(new URL(screen.path, page.url()).href)
      await screen.reach(page)
      expect.soft(await misfits(page), `${screen.name} at 320 px`).toEqual([])
      await page.evaluate(() => (document.documentElement.dir = 'rtl'))
      expect.soft(await misfits(page), `${screen.name} at 320 px, right to left`).toEqual([])
      await page.setViewportSize({ width: 1440, height: 900 })
      expect.soft(await misfits(page), `${screen.name}, right to left`).toEqual([])
      await page.evaluate(() => {
        document.documentElement.dir = 'ltr'
        document.documentElement.style.fontSize = '200%'
      })
      expect.soft(await misfits(page), `${screen.name}, double size`).toEqual([])
      await page.setViewportSize({ width: 320, height: 640 })
      await page.context().setOffline(false)
    }
  },
)

test('who wants less motion gets none', async ({ friends }) => {
  const [amara, benoit, roomId] = await friends()
  const hers = await amara.open(`/r/${roomId}`, { reducedMotion: 'reduce' })
  const his = await benoit.open(`/r/${roomId}`, { reducedMotion: 'reduce' })
  await expect(row(hers, 'Hello there')).toBeVisible()
  await expect(row(his, 'Hello there')).toBeVisible()
  const moving = await hers.evaluateHandle(() => {
    const seen: string[] = []
    const look = () => {
      for (const animation of document.getAnimations()) {
        const { duration } = animation.effect?.getComputedTiming() ?? {}
        if (Number(duration) > 20) seen.push(`${(animation.effect as KeyframeEffect).target?.className}`)
      }
      requestAnimationFrame(look)
    }
    look()
    return seen
  })
  await say(hers, 'one')
  await say(his, 'two')
  await expect(row(hers, 'two')).toBeVisible()
  await hers.getByRole('button', { name: 'Your profile' }).click()
  await hers.keyboard.press('Escape')
  await hers.getByRole('button', { name: 'New chat' }).first().click()
  await hers.keyboard.press('Escape')
  expect(await moving.jsonValue()).toEqual([])
})

test('the theme that was chosen stays, and no other is seen while the page opens', async ({ someone }) => {
  const amara = await someone('amara')
  const page = await amara.open('/', { colorScheme: 'light' })
  await page.getByRole('button', { name: 'Your profile' }).click()
  await page.getByRole('menuitemradio', { name: 'Dark' }).click()
  const dark = await background(page)
  await page.addInitScript(() => {
    const seen: string[] = []
    const look = () => {
      if (document.body) seen.push(getComputedStyle(document.body).backgroundColor)
      if (seen.length < 60) requestAnimationFrame(look)
    }
    look()
    Object.defineProperty(document, 'seenBackgrounds', { value: seen })
  })
  await page.reload()
  await expect(page.getByText('It’s quiet in here')).toBeVisible()
  const seen = await page.evaluate(() => (document as Document & { seenBackgrounds?: string[] }).seenBackgrounds ?? [])
  expect(seen.length).toBeGreaterThan(0)
  expect([...new Set(seen)]).toEqual([dark])

  await page.getByRole('button', { name: 'Your profile' }).click()
  await page.getByRole('menuitemradio', { name: 'System' }).click()
  await expect.poll(() => background(page)).not.toBe(dark)
  await page.emulateMedia({ colorScheme: 'dark' })
  await expect.poll(() => background(page)).toBe(dark)
})

const background = (page: Page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor)

/** Writes down what is added to the live region from here on, as a reader would hear it. */
async function listen(page: Page): Promise<() => Promise<string[]>> {
  const handle = await news(page).evaluateHandle((region) => {
    const heard: string[] = []
    new MutationObserver((changes) => {
      for (const change of changes) for (const node of change.addedNodes) heard.push(node.textContent ?? '')
    }).observe(region, { childList: true, subtree: true })
    return heard
  })
  return () => handle.jsonValue()
}

/** What makes the page scroll sideways, stands out of sight at its sides, or lies under something else. */
function misfits(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    for (let n = 0; n < 3; n++) await new Promise((done) => requestAnimationFrame(done))
    const found: string[] = []
    const { scrollWidth, clientWidth } = document.documentElement
    if (scrollWidth > clientWidth) found.push(`the page is ${scrollWidth} px wide`)
    const scope = document.querySelector('dialog[open]') ?? document.body
    for (const element of scope.querySelectorAll<HTMLElement>('a, button, input, textarea, h1, h2')) {
      if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue
      const box = element.getBoundingClientRect()
      const name = `${element.tagName} ${element.getAttribute('aria-label') ?? element.textContent}`.slice(0, 60)
      if (box.width < 2 || element.closest('.sr, [popover]:not(:popover-open)')) continue
      if (box.left < -1 || box.right > innerWidth + 1) found.push(`${name} stands out: ${box.left} to ${box.right}`)
      const [x, y] = [box.left + box.width / 2, box.top + box.height / 2]
      if (element.closest('.msgs, .rows') || y < 0 || y > innerHeight) continue
      const top = document.elementFromPoint(x, y)
      if (top && !element.contains(top) && !top.contains(element)) found.push(`${name} lies under ${top.className}`)
    }
    return found
  })
}
