import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { test, type Screen } from '../support/screens.ts'
import { expect } from '../support/test.ts'

const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa', 'best-practice']
/** The rules that a theme can break. */
const colours = ['color-contrast', 'link-in-text-block']
const still = { reducedMotion: 'reduce' } as const

test.beforeEach(({ watch }) => watch.allow(/status of 404/, /ERR_INTERNET_DISCONNECTED/))

test(
  'every screen outside, and of somebody who is new, passes axe in light and dark, and has one main part and heading',
  { tag: '@phone' },
  async ({ town, visit }) => {
    const outside = await visit('/sign-in', still)
    const titles = await pass(outside, town.screens.outside)
    await pass(await town.newcomer.open('/', still), town.screens.empty)
    expect(new Set(titles.values()).size, JSON.stringify([...titles])).toBe(titles.size)
    await expect(outside.locator('html')).toHaveAttribute('lang', 'en')
    await expect(outside.locator('meta[name="description"]')).toHaveAttribute('content', /\w{3}/)
  },
)

test(
  'every screen of somebody with chats passes axe in light and dark, and has one main part, heading and title of its own',
  { tag: '@phone' },
  async ({ town }) => {
    test.setTimeout(120_000)
    const titles = await pass(await town.amara.open('/', still), town.screens.full)
    expect(new Set(titles.values()).size, JSON.stringify([...titles])).toBe(titles.size)
  },
)

test('the menu passes axe in light and dark', async ({ town }) => {
  const page = await town.amara.open('/', still)
  await page.getByRole('button', { name: 'Your profile' }).click()
  await expect(page.getByRole('menu')).toBeVisible()
  await axe(page, 'the menu')
})

/** Goes through screens in one page, and holds each against the rules. Answers with the title of every address. */
async function pass(page: Page, screens: readonly Screen[]): Promise<Map<string, string>> {
  const titles = new Map<string, string>()
  for (const screen of screens) {
    await page.goto(new URL(screen.path, page.url()).href)
    await screen.reach(page)
    await page.evaluate(() => document.fonts.ready)
    await axe(page, screen.name)
    expect.soft(await page.getByRole('main').count(), `main parts of ${screen.name}`).toBe(1)
    const headings = page.getByRole('heading', { level: 1 }).filter({ visible: true })
    expect.soft(await headings.count(), `headings above all of ${screen.name}`).toBe(1)
    titles.set(new URL(page.url()).pathname, await page.title())
    await page.context().setOffline(false)
  }
  return titles
}

async function axe(page: Page, name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    const rules = new AxeBuilder({ page }).setLegacyMode(true)
    const { violations } = await (colorScheme === 'light' ? rules.withTags(tags) : rules.withRules(colours)).analyze()
    const found = violations.flatMap(({ id, nodes }) =>
      nodes.map((node) => `${id}: ${node.target.join(' ')} ${node.failureSummary ?? ''}`),
    )
    expect.soft(found, `${name}, ${colorScheme}`).toEqual([])
  }
}
