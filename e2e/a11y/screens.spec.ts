import type { Page } from '@playwright/test'
import { chapters } from '../screens/list/index.ts'
import { passes } from '../support/axe.ts'
import { test } from '../support/gallery.ts'
import { misfits } from '../support/misfits.ts'
import { expect } from '../support/test.ts'

/* Every screen, dialog and menu of the app, held against the rules in every look it may have. */

for (const { title, screens } of chapters) {
  test(`${title}: every screen passes axe in every look, and fits`, { tag: '@phone' }, async ({ show, here }) => {
    test.setTimeout(300_000)
    for (const screen of screens) {
      await show(screen, async (page) => {
        await passesInLightAndDark(page, screen.name)
        // What a phone has besides: its sheets and its tabs.
        if (here === 'phone') return
        await passesInHighContrast(page, screen.name)
        await fits(page, screen.name)
      })
    }
  })
}

async function passesInLightAndDark(page: Page, name: string): Promise<void> {
  await passes(page, name)
  await page.emulateMedia({ colorScheme: 'dark' })
  await passes(page, `${name}, dark`, 'colours')
  expect.soft(await page.getByRole('main').count(), `main parts of ${name}`).toBe(1)
  const above = page.locator('h1').filter({ visible: true })
  expect.soft(await above.count(), `headings above all of ${name}`).toBe(1)
  expect.soft(await page.title(), `title of ${name}`).toMatch(/\w/)
}

async function passesInHighContrast(page: Page, name: string): Promise<void> {
  await page.emulateMedia({ contrast: 'more' })
  await passes(page, `${name}, dark, of high contrast`, 'colours')
  await page.emulateMedia({ colorScheme: 'light' })
  await passes(page, `${name}, light, of high contrast`, 'colours')
  await page.emulateMedia({ contrast: null })
}

/** Right to left, at 320 px, and with text of double size: nothing is lost, and nothing scrolls sideways. */
async function fits(page: Page, name: string): Promise<void> {
  await turn(page, 'rtl')
  expect.soft(await misfits(page), `${name}, right to left`).toEqual([])
  await passes(page, `${name}, right to left`)
  await page.setViewportSize({ width: 320, height: 640 })
  expect.soft(await misfits(page), `${name} at 320 px, right to left`).toEqual([])
  await turn(page, 'ltr')
  expect.soft(await misfits(page), `${name} at 320 px`).toEqual([])
  await page.setViewportSize({ width: 1440, height: 900 })
  await page.evaluate(() => void (document.documentElement.style.fontSize = '200%'))
  expect.soft(await misfits(page), `${name}, double size`).toEqual([])
}

const turn = (page: Page, dir: 'ltr' | 'rtl') => page.evaluate((way) => void (document.documentElement.dir = way), dir)
