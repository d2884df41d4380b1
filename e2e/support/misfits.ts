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
      if (box.width < 2 || element.closest('.sr, [inert], [popover]:not(:popover-open)')) continue
      const [x, y] = [box.left + box.width / 2, box.top + box.height / 2]
      // What scrolls may have more than it shows.
      if (isScrolledAway(element, x, y)) continue
      if (box.left < -1 || box.right > innerWidth + 1) found.push(`${name} stands out: ${box.left} to ${box.right}`)
      if (y < 0 || y > innerHeight) continue
      const top = document.elementFromPoint(x, y)
      if (top?.closest('[role=listbox]')) continue
      // One button over a face and a name opens what both stand for.
      if (!top || element.closest('.head__who')?.contains(top)) continue
      if (!element.contains(top) && !top.contains(element)) found.push(`${name} lies under ${top.className}`)
    }
    return found

    function isScrolledAway(element: HTMLElement, x: number, y: number): boolean {
      for (let box = element.parentElement; box && box !== document.body; box = box.parentElement) {
        const { overflowX, overflowY } = getComputedStyle(box)
        const { left, right, top, bottom } = box.getBoundingClientRect()
        if (overflowY !== 'visible' && (y < top || y > bottom)) return true
        if (/auto|scroll/.test(overflowX) && box.scrollWidth > box.clientWidth && (x < left || x > right)) return true
      }
      return element.closest('.msgs') !== null
    }
  })
}
