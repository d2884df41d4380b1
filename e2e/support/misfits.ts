import type { Page } from '@playwright/test'

/** What makes the page scroll sideways, stands out of sight at its sides, or lies under something else. */
export function misfits(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    for (let n = 0; n < 3; n++) await new Promise((done) => requestAnimationFrame(done))
    const found: string[] = []
    const { scrollWidth, clientWidth } = document.documentElement
    if (scrollWidth > clientWidth) found.push(`the page is ${scrollWidth} px wide`)
    const scope = [...document.querySelectorAll('dialog[open], :popover-open')].at(-1) ?? document.body
    for (const element of scope.querySelectorAll<HTMLElement>('a, button, input, textarea, select, h1, h2')) {
      if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue
      const box = element.getBoundingClientRect()
      const name = `${element.tagName} ${element.getAttribute('aria-label') ?? element.textContent}`.slice(0, 60)
      if (box.width < 2 || element.closest('.sr, [popover]:not(:popover-open)')) continue
      // A row of chips is drawn along.
      if (element.closest('.chips')) continue
      if (box.left < -1 || box.right > innerWidth + 1) found.push(`${name} stands out: ${box.left} to ${box.right}`)
      const [x, y] = [box.left + box.width / 2, box.top + box.height / 2]
      if (element.closest('.msgs, .rows, .page, .details') || y < 0 || y > innerHeight) continue
      const top = document.elementFromPoint(x, y)
      // One button over a face and a name opens what both stand for.
      if (!top || element.closest('.head__who')?.contains(top)) continue
      if (!element.contains(top) && !top.contains(element)) found.push(`${name} lies under ${top.className}`)
    }
    return found
  })
}
