import { existsSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser } from '@playwright/test'
import { cropOf, type Crop, type Screen, type Size, type Theme } from './screen.ts'

/** Pictures of the mockups, from a folder of files named `<mockup>.<desktop or mobile>.<theme>.png`. */
export function mockupsIn(folder: string | undefined, browser: Browser) {
  const made = new Map<string, Promise<Buffer>>()

  /** The picture that fits a screen, size and theme best; nothing where there is none. */
  async function pictureOf(screen: Screen, size: Size, theme: Theme): Promise<Buffer | null> {
    const { mockup } = screen
    if (!folder || !mockup) return null
    const crop = cropOf(screen, size)
    const sizes = crop ? ['desktop'] : wanted(size)
    const file = sizes
      .map((kind) => path.join(folder, `${mockup}.${kind}.${theme}.png`))
      .find((each) => existsSync(each))
    if (!file) return null
    const key = `${file} ${crop?.join() ?? ''}`
    const known = made.get(key) ?? take(file, crop)
    made.set(key, known)
    return known
  }

  /** The browser reads, cuts and packs it, so that nothing else is needed for that. */
  async function take(file: string, crop: Crop | undefined): Promise<Buffer> {
    const page = await browser.newPage()
    await page.goto(pathToFileURL(file).href)
    const [width, height] = await page.evaluate(() => {
      const [image] = document.images
      return [image?.naturalWidth ?? 0, image?.naturalHeight ?? 0]
    })
    await page.setViewportSize({ width: width || 1, height: height || 1 })
    const [x, y, w, h] = crop ?? [0, 0, width || 1, height || 1]
    const picture = await page.screenshot({ type: 'jpeg', quality: 82, clip: { x, y, width: w, height: h } })
    await page.close()
    return picture
  }

  return { pictureOf }
}

function wanted({ width, isPhone }: Size): string[] {
  if (isPhone) return ['mobile']
  if (width < 1000) return ['tablet', 'desktop']
  return width > 1500 ? ['wide', 'desktop'] : ['desktop']
}
