import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { expect } from './test.ts'

const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa', 'best-practice']
/** How often a page is looked at: what was seen only in passing, while something opened, is not its look. */
const LOOKS = 3
/** The rules that a theme can break. */
const colours = ['color-contrast', 'link-in-text-block']

/** Holds a page, as it looks now, against the rules; with `colours` only against those that a theme can break. */
export async function passes(page: Page, name: string, what: 'all' | 'colours' = 'all'): Promise<void> {
  let found: string[] = []
  for (let look = 0; look === 0 || (look < LOOKS && found.length > 0); look++) {
    await still(page)
    const rules = new AxeBuilder({ page }).setLegacyMode(true)
    const { violations } = await (what === 'all' ? rules.withTags(tags) : rules.withRules(colours)).analyze()
    found = violations.flatMap(({ id, nodes }) =>
      nodes.map((node) => `${id}: ${node.target.join(' ')} ${node.failureSummary ?? ''}`),
    )
  }
  expect.soft(found, name).toEqual([])
}

/** Colours on their way from one to another are no colours to judge. */
async function still(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const passing = document.getAnimations().filter((each) => each.effect?.getComputedTiming().iterations !== Infinity)
    await Promise.allSettled(passing.map((each) => each.finished))
  })
}
