import { existsSync } from 'node:fs'
import path from 'node:path'
import { answers } from './install.mjs'
import { bin, progress, root, run } from './process.mjs'
import { isDebianRoot } from './services.mjs'

const usual = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]
const debianPackages = ['chromium', 'fonts-noto-core', 'fonts-noto-color-emoji']

/**
 * Finds a Chromium, or installs one: the system's package on Debian as root, Playwright's own build elsewhere.
 * Gives the environment that points the tests at it (CHROMIUM_PATH), or throws with everything that was tried.
 */
export async function ensureBrowser(node) {
  const found = findBrowser()
  if (found) return found
  const tried = []

  if (isDebianRoot()) {
    const told = progress(`installing ${debianPackages.join(' ')} with apt-get`)
    const quiet = { env: { DEBIAN_FRONTEND: 'noninteractive' }, limit: 300_000 }
    const apt = ['-o', 'DPkg::Lock::Timeout=300', '-o', 'Acquire::Retries=3', '-qq']
    await run('apt-get', [...apt, 'update'], quiet)
    const code = await run('apt-get', [...apt, 'install', '-y', '--no-install-recommends', ...debianPackages], quiet)
    told.done(code === 0 ? 'done' : 'FAILED')
    tried.push(`apt-get install ${debianPackages.join(' ')} (exit code ${code})`)
    const installed = findBrowser()
    if (installed) return installed
  }

  const told = progress("installing Playwright's Chromium")
  const code = await run(node, [bin('playwright', 'cli.js'), 'install', 'chromium'], { limit: 300_000 })
  told.done(code === 0 ? 'done' : 'FAILED')
  tried.push(`playwright install chromium (exit code ${code})`)
  const own = code === 0 ? await playwrightsOwn() : undefined
  if (own) return own

  throw new Error(`no Chromium: looked at CHROMIUM_PATH and the usual places, then tried ${tried.join(', then ')}.
Install Chromium or Chrome and set CHROMIUM_PATH to its program.`)
}

function findBrowser() {
  const wanted = process.env.CHROMIUM_PATH
  if (wanted && !answers(wanted)) throw new Error(`CHROMIUM_PATH is ${wanted}, which does not start`)
  const file = wanted || usual.find((place) => existsSync(place) && (process.platform !== 'linux' || answers(place)))
  return file && { name: file, env: { CHROMIUM_PATH: file } }
}

async function playwrightsOwn() {
  const { chromium } = await import(path.join(root, 'node_modules/playwright-core/index.mjs'))
  const file = chromium.executablePath()
  return existsSync(file) ? { name: file, env: { CHROMIUM_PATH: file } } : undefined
}
