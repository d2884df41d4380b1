import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A stylesheet with the address it is at for as long as it says this, and the font that pages fetch ahead. */
export type Styles = { css: string; path: string; font: string | null }

/** The web client's files of the typeface, by the script they hold: their names bear a hash, so they are looked for. */
const scripts = [
  [
    'latin',
    'U+0000-00FF, U+0131, U+0152-0153, U+02BB-02BC, U+02C6, U+02DA, U+02DC, U+2000-206F, U+20AC, U+2122, U+2191, U+2193, U+2212, U+2215',
  ],
  ['latin-ext', 'U+0100-02BA, U+1E00-1EFF, U+20A0-20AB'],
  ['cyrillic', 'U+0301, U+0400-045F, U+0490-0491, U+2116'],
] as const

/**
 * The pages' own stylesheet. It stands on nothing that the web client's build has made but the typeface, and does without
 * that where there is no build: what must be readable when everything else fails is.
 */
export function createStyles(clientDir: string): () => Styles {
  const own = readFileSync(join(import.meta.dirname, 'pages.css'), 'utf8')
  let made: Styles | undefined
  return () => {
    if (made?.font) return made
    const files = assetsOf(clientDir)
    const faces = scripts.flatMap(([script, range]) => {
      const file = files.find((name) => name.startsWith(`onest-${script}-wght-normal-`) && name.endsWith('.woff2'))
      return file ? [{ script, file: `/assets/${file}`, range }] : []
    })
    const css = [...faces.map(face), own].join('\n')
    const hash = createHash('sha256').update(css).digest('base64url').slice(0, 12)
    const font = faces.find(({ script }) => script === 'latin')?.file ?? null
    return (made = { css, path: `/pages-${hash}.css`, font })
  }
}

const face = ({ file, range }: { file: string; range: string }): string =>
  `@font-face{font-family:"Onest Variable";font-weight:100 900;font-display:swap;src:url(${file}) format("woff2");unicode-range:${range}}`

function assetsOf(clientDir: string): string[] {
  try {
    return readdirSync(join(clientDir, 'assets'))
  } catch {
    return []
  }
}
