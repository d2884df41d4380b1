import type { Page } from '@playwright/test'
import { assertNothingInline } from '../../server/src/transport/pages/html-kit.ts'
import { passes } from '../support/axe.ts'
import { misfits } from '../support/misfits.ts'
import { expect, test } from '../support/test.ts'

/* The pages that the server makes itself: whole without a script, in every look, for everybody. */

const legal = [
  ['/privacy', 'Privacy'],
  ['/terms', 'Terms'],
  ['/notices', 'Third-party notices'],
  ['/security-policy', 'Reporting a hole'],
] as const

for (const [path, title] of legal) {
  test(`${path} passes axe in every look and fits, without any script`, { tag: '@phone' }, async ({ visit }) => {
    const page = await visit(path)

    await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible()
    await passesInEveryLook(page, path)
    await fits(page, path)
    expect(await page.locator('script').count()).toBe(0)
  })
}

test(
  'a page that is not there passes axe in every look, and leads back by keys alone',
  { tag: '@phone' },
  async ({ visit, watch }) => {
    watch.allow(/status of 404/)
    const page = await visit('/nowhere')

    await expect(page.getByRole('heading', { level: 1, name: 'This page wandered off' })).toBeVisible()
    await passesInEveryLook(page, 'not found')
    await fits(page, 'not found')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Tab')
    await expect(page.getByRole('link', { name: 'Back to chats' })).toBeFocused()
    await page.keyboard.press('Enter')
    await expect(page).toHaveURL(/\/sign-in/)
  },
)

test(
  'the contents lead to each chapter, folded away on a phone and open beside the text elsewhere',
  { tag: '@phone' },
  async ({ visit, here }) => {
    const page = await visit('/privacy')
    const contents = page.getByRole('navigation', { name: 'On this page' })
    if (here === 'phone') await contents.getByText('On this page').click()

    await contents.getByRole('link', { name: 'Cookies' }).click()

    await expect(page.getByRole('heading', { level: 2, name: 'Cookies' })).toBeInViewport()
    await page.getByRole('navigation', { name: 'Legal' }).getByRole('link', { name: 'Terms' }).click()
    await expect(page).toHaveTitle('Terms · Connectly')
  },
)

test('the page that the app begins as has nothing inline that the policy would have to allow', async ({ visit }) => {
  const page = await visit('/sign-in')

  const html = await (await page.request.get(page.url())).text()

  expect(html).toContain('<div id="root">')
  assertNothingInline(html, 'the app')
})

test('on paper there are words alone, black on white', async ({ visit }) => {
  const page = await visit('/privacy')
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' })

  await expect(page.getByRole('navigation', { name: 'On this page' })).toBeHidden()
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe('rgb(255, 255, 255)')
  await passes(page, 'on paper', 'colours')
})

async function passesInEveryLook(page: Page, name: string): Promise<void> {
  for (const contrast of ['no-preference', 'more'] as const)
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, contrast })
      await passes(page, `${name}, ${colorScheme}, contrast ${contrast}`)
    }
  await page.emulateMedia({ colorScheme: 'light', contrast: null })
}

async function fits(page: Page, name: string): Promise<void> {
  expect.soft(await misfits(page), name).toEqual([])
  await page.setViewportSize({ width: 320, height: 640 })
  expect.soft(await misfits(page), `${name} at 320 px`).toEqual([])
  await page.evaluate(() => void (document.documentElement.dir = 'rtl'))
  expect.soft(await misfits(page), `${name} at 320 px, right to left`).toEqual([])
  await page.setViewportSize({ width: 1440, height: 900 })
  await page.evaluate(() => void (document.documentElement.style.fontSize = '200%'))
  expect.soft(await misfits(page), `${name}, double size`).toEqual([])
}
