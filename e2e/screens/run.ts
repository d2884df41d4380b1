/** Takes every screen at every width in both themes, beside the mockups': `npm run screens -- --help`. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { chromium, type Browser } from '@playwright/test'
import config from '../playwright.config.ts'
import { take } from './camera.ts'
import { chapters } from './list/index.ts'
import { mockupsIn } from './mockups.ts'
import { reportOf, type Taken } from './report.ts'
import { sizes, themes, type Screen, type Size, type Theme } from './screen.ts'
import { makeWorld, type World } from './world.ts'

type Mockups = ReturnType<typeof mockupsIn>

const usage = `npm run screens -- [options]
  --mockups FOLDER   where the mockups' pictures are (or the variable MOCKUPS); without it only ours are shown
  --only a,b         only screens whose name contains one of these
  --widths 360,1280  only these widths (${sizes.map(({ width }) => width).join(', ')})
  --out FOLDER       where the report goes (default e2e/screens/out)
  --list             only names the screens`

const { values } = parseArgs({
  options: {
    mockups: { type: 'string', default: process.env['MOCKUPS'] ?? '' },
    only: { type: 'string', default: '' },
    widths: { type: 'string', default: '' },
    out: { type: 'string', default: path.join(import.meta.dirname, 'out') },
    list: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
const only = values.only.split(',').filter(Boolean)
const widths = values.widths.split(',').filter(Boolean).map(Number)
const wanted = chapters.flatMap(({ title, screens }) =>
  screens
    .filter(({ name }) => only.length === 0 || only.some((part) => name.includes(part)))
    .map((screen) => ({ chapter: title, screen })),
)
const wantedSizes = sizes.filter(({ width }) => widths.length === 0 || widths.includes(width))

if (values.help) console.log(usage)
else if (values.list) for (const { chapter, screen } of wanted) console.log(`${chapter}: ${screen.name}`)
else await run()

async function run(): Promise<void> {
  const world = await makeWorld(process.env['CLIENT_DIR'])
  const browser = await chromium.launch(config.use?.launchOptions ?? {})
  const mockups = mockupsIn(values.mockups || undefined, browser)
  const taken: Taken[] = []
  try {
    for (const { chapter, screen } of wanted)
      taken.push({ chapter, screen, shots: await shotsOf(browser, world, screen, mockups) })
  } finally {
    await browser.close()
    await world.stop()
  }
  mkdirSync(values.out, { recursive: true })
  const file = path.join(values.out, 'index.html')
  writeFileSync(
    file,
    reportOf(taken, { date: new Date().toISOString().slice(0, 16).replace('T', ' '), commit: commit() }),
  )
  const failed = taken.flatMap(({ shots }) => shots).filter(({ failure }) => failure !== null).length
  console.log(`\n${taken.length} screens, ${failed} shots not as asked: ${file}`)
  if (failed > 0) process.exitCode = 1
}

async function shotsOf(browser: Browser, world: World, screen: Screen, mockups: Mockups): Promise<Taken['shots']> {
  const shots: Taken['shots'][number][] = []
  for (const size of wantedSizes) {
    const shot = await take(browser, world, screen, size)
    shots.push({ ...shot, mockups: await bothThemes(mockups, screen, size) })
    const notes = [...(shot.failure === null ? [] : [shot.failure]), ...shot.faults.map((fault) => `console: ${fault}`)]
    console.log(
      `${shot.failure === null ? '✔' : '✖'} ${screen.name}, ${size.width}${notes.map((note) => `\n  ${note}`).join('')}`,
    )
  }
  return shots
}

async function bothThemes(mockups: Mockups, screen: Screen, size: Size) {
  const both: Partial<Record<Theme, Buffer>> = {}
  for (const theme of themes) {
    const picture = await mockups.pictureOf(screen, size, theme)
    if (picture) both[theme] = picture
  }
  return both
}

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8', cwd: import.meta.dirname }).trim()
  } catch {
    return ''
  }
}
