import { expect, type Locator, type Page } from '@playwright/test'

/* A room as somebody in front of it sees it. */

export const composer = (page: Page): Locator =>
  page.getByRole('region', { name: 'Conversation' }).getByRole('textbox', { name: 'Message' })
export const messages = (page: Page): Locator => page.getByRole('list', { name: 'Messages' })
export const row = (page: Page, text: string): Locator =>
  messages(page)
    .getByRole('listitem')
    .filter({ has: page.getByText(text, { exact: true }) })

/** What a reader hears of what others say. */
export const news = (page: Page): Locator => page.getByRole('log')

export async function say(page: Page, ...texts: string[]): Promise<void> {
  for (const text of texts) {
    await composer(page).fill(text)
    await composer(page).press('Enter')
  }
}

/** Half of a pair of surrogates: no store can keep it, and the server says so. */
export async function writeHalfALetter(page: Page): Promise<void> {
  await composer(page).evaluate((input: HTMLTextAreaElement) => {
    const write = Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value')
    write?.set?.call(input, 'half \ud800 letter')
    input.dispatchEvent(new Event('input', { bubbles: true }))
  })
  await composer(page).press('Enter')
}

/** The device says that its network is back: the line is tried at once, and not when its wait is over. */
export const networkIsBack = (page: Page): Promise<unknown> => page.evaluate(() => dispatchEvent(new Event('online')))

/** Nothing waits and nothing has failed. */
export async function settled(page: Page, timeout = 30_000): Promise<void> {
  await expect(messages(page).getByText('Sending', { exact: true })).toHaveCount(0, { timeout })
}

/** Every text of the room, oldest first: scrolls through it, since only what is in sight exists. */
export async function allTexts(page: Page): Promise<string[]> {
  return messages(page).evaluate(async (list) => {
    const scroller = list.parentElement as HTMLElement
    const found = new Map<number, string>()
    const frames = async (count: number) => {
      for (let n = 0; n < count; n++) await new Promise((done) => requestAnimationFrame(done))
    }
    const look = () => {
      for (const item of list.querySelectorAll<HTMLElement>('li[data-index]')) {
        const text = item.querySelector('.bubble__t')?.textContent
        if (text != null) found.set(Number(item.dataset['index']), text)
      }
    }
    // To the very beginning: earlier pages come as long as there are any.
    for (let [still, height] = [0, -1]; still < 12; still = scroller.scrollHeight === height ? still + 1 : 0) {
      height = scroller.scrollHeight
      scroller.scrollTop = 0
      await frames(1)
    }
    look()
    while (scroller.scrollTop + scroller.clientHeight < scroller.scrollHeight - 1) {
      scroller.scrollTop += scroller.clientHeight / 2
      await frames(3)
      look()
    }
    return [...found].sort(([a], [b]) => a - b).map(([, text]) => text)
  })
}

/** How far the last row's foot is above the composer, in px; negative where it is hidden. */
export function gapAboveComposer(page: Page): Promise<number> {
  return messages(page).evaluate((list) => {
    const last = [...list.querySelectorAll<HTMLElement>('li[data-index]')].at(-1)
    const bar = document.querySelector('.comp')
    if (!last || !bar) return Number.NaN
    return bar.getBoundingClientRect().top - last.getBoundingClientRect().bottom
  })
}
