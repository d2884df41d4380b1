import { expect, type Locator, type Page } from '@playwright/test'

/* Moving about with nothing but a keyboard. */

/** Presses Tab until this has the focus, and sees at every stop that the focus can be seen. */
export async function tabTo(page: Page, target: Locator): Promise<void> {
  await expect(target).toBeVisible()
  for (let n = 0; n < 40; n++) {
    await page.keyboard.press('Tab')
    if ((await focusedName(page)) !== null)
      expect(await isFocusSeen(page), `${await focusedName(page)} shows that it has the focus`).toBe(true)
    if (await target.evaluate((element) => element === document.activeElement)) return
  }
  throw new Error(`the tab key does not lead to ${String(target)}`)
}

/** What has the focus, by its name; `null` where nothing has it. */
export const focusedName = (page: Page) =>
  page.evaluate(() => {
    const focused = document.activeElement
    if (!focused || focused === document.body) return null
    return focused.getAttribute('aria-label') ?? (focused.textContent || focused.tagName)
  })

/** Whether the focus can be seen: by an outline or a ring of its own, or of what it stands in. */
export const isFocusSeen = (page: Page) =>
  page.evaluate(() => {
    const shows = (element: Element | null) => {
      if (!element) return false
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element)
      return (outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 1) || boxShadow !== 'none'
    }
    const focused = document.activeElement
    return shows(focused) || shows(focused?.parentElement ?? null) || shows(focused?.closest('.comp__glass') ?? null)
  })
