import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { test, type Screen } from '../support/screens.ts'
import { expect } from '../support/test.ts'

const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa', 'best-practice']
const still = { reducedMotion: 'reduce' } as const

test.beforeEach(({ watch }) => watch.allow(/status of 404/, /ERR_INTERNET_DISCONNECTED/))

test(
  'every screen outside, and of somebody who is new, passes axe in light and dark',
  { tag: '@phone' },
  async ({ town, visit }) => {
    await pass(await visit('/sign-in', still), town.screens.outside)
    await pass(await town.newcomer.open('/', still), town.screens.empty)
  },
)

test('every screen of somebody with chats passes axe in light and dark', { tag: '@phone' }, async ({ town }) => {
  test.setTimeout(120_000)
  await pass(await town.amara.open('/', still), town.screens.full)
})

test('menus and the question before signing out pass axe in light and dark', async ({ town }) => {
  const page = await town.amara.open('/', still)
  await page.getByRole('button', { name: 'Your profile' }).click()
  await expect(page.getByRole('menu')).toBeVisible()
  await axe(page, 'the menu')
})

test(
  'every address has a title of its own, one main part and one heading above all',
  { tag: '@phone' },
  async ({ town, visit }) => {
    const { outside, full } = town.screens
    const titles = new Map<string, string>()
    const inside = await town.amara.open('/')
    for (const [page, screens] of [
      [await visit('/sign-in'), outside],
      [inside, full.filter(({ name }) => !name.includes('not load') && !name.includes('offline'))],
    ] as const) {
      for (const screen of screens) {
        await go(page, screen)
        expect.soft(await page.getByRole('main').count(), `main of ${screen.name}`).toBe(1)
        expect.soft(await visibleHeadings(page), `h1 of ${screen.name}`).toBe(1)
        titles.set(screen.path.replace(/\?.*/, ''), await page.title())
      }
    }
    expect([...titles].filter(([, title]) => title.length < 3)).toEqual([])
    expect(new Set(titles.values()).size, JSON.stringify([...titles])).toBe(titles.size)
    expect(await inside.locator('html').getAttribute('lang')).toBe('en')
    await expect(inside.locator('meta[name="description"]')).toHaveCount(1)
  },
)

/** Goes through screens in one page, and holds each against the rules in both themes. */
async function pass(page: Page, screens: readonly Screen[]): Promise<void> {
  for (const screen of screens) {
    await go(page, screen)
    await axe(page, screen.name)
    await page.context().setOffline(false)
  }
}

async function axe(page: Page, name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    const { violations } = await new AxeBuilder({ page }).withTags(tags).setLegacyMode(true).analyze()
    const found = violations.flatMap(({ id, nodes }) =>
      nodes.map((node) => `${id}: ${node.target.join(' ')} ${node.failureSummary ?? ''}`),
    )
    expect.soft(found, `${name}, ${colorScheme}`).toEqual([])
  }
}

async function go(page: Page, screen: Screen): Promise<void> {
  await page.goto(new URL(screen.path, page.url()).href)
  await screen.reach(page)
  await page.evaluate(() => document.fonts.ready)
}

const visibleHeadings = async (page: Page) => page.getByRole('heading', { level: 1 }).filter({ visible: true }).count()
