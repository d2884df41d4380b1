import type { Page } from '@playwright/test'
import { chapters } from '../screens/list/index.ts'
import { passes } from '../support/axe.ts'
import { test } from '../support/gallery.ts'
import { misfits } from '../support/misfits.ts'
import { expect } from '../support/test.ts'

/* Every screen, dialog and menu of the app, held against the rules in every look it may have. */

for (const { title, screens } of chapters) {
  test(
    `${title}: every screen passes axe, in light, dark and high contrast`,
    { tag: '@phone' },
    async ({ show, here }) => {
      test.setTimeout(240_000)
      for (const screen of screens) {
        await show(screen, async (page) => {
          await passes(page, screen.name)
          await page.emulateMedia({ colorScheme: 'dark' })
          await passes(page, `${screen.name}, dark`, 'colours')
          expect.soft(await page.getByRole('main').count(), `main parts of ${screen.name}`).toBe(1)
          const above = page.locator('h1').filter({ visible: true })
          expect.soft(await above.count(), `headings above all of ${screen.name}`).toBe(1)
          expect.soft(await page.title(), `title of ${screen.name}`).toMatch(/\w/)
          if (here === 'phone') return
          await page.emulateMedia({ contrast: 'more' })
          await passes(page, `${screen.name}, dark, of high contrast`, 'colours')
          await page.emulateMedia({ colorScheme: 'light' })
          await passes(page, `${screen.name}, light, of high contrast`, 'colours')
        })
      }
    },
  )

  test(`${title}: every screen fits 320 px, text of double size, and right to left`, async ({ show }) => {
    test.setTimeout(240_000)
    for (const screen of screens) {
      await show(screen, async (page) => {
        await turn(page, 'rtl')
        expect.soft(await misfits(page), `${screen.name}, right to left`).toEqual([])
        await passes(page, `${screen.name}, right to left`)
        await page.setViewportSize({ width: 320, height: 640 })
        expect.soft(await misfits(page), `${screen.name} at 320 px, right to left`).toEqual([])
        await turn(page, 'ltr')
        expect.soft(await misfits(page), `${screen.name} at 320 px`).toEqual([])
        await page.setViewportSize({ width: 1440, height: 900 })
        await page.evaluate(() => void (document.documentElement.style.fontSize = '200%'))
        expect.soft(await misfits(page), `${screen.name}, double size`).toEqual([])
      })
    }
  })
}

const turn = (page: Page, dir: 'ltr' | 'rtl') => page.evaluate((way) => void (document.documentElement.dir = way), dir)
