import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import path from 'node:path'
import { ensureBrowser } from './browser.mjs'
import { runCheck } from './check.mjs'
import { engines, startPostgres } from './engines.mjs'
import { filesIn, readJson } from './files.mjs'
import { bin, root, run, seconds, step } from './process.mjs'
import { ensureServices } from './services.mjs'
import { buildWeb } from './web.mjs'

const suites = [
  ['protocol', '.test.ts'],
  ['server', '.test.ts'],
  ['web', '.test.ts'],
  ['e2e/laws', '.test.ts'],
  ['e2e/crash', '.test.ts'],
  ['e2e/fuzz', '.test.ts'],
  ['e2e/deploy', '.test.ts'],
  ['scripts', '.test.mjs'],
]
/** When a step counts as hung, in ms: several times what it takes on two quiet cores. */
const STEP_LIMIT = 2_400_000
/** What a whole server does, run again on every engine; everything else runs once, the store's own rules on all engines. */
const onEveryEngine = ['server/src/features', 'server/src/kernel', 'server/src/transport', 'e2e/laws']
/** Of those, what names its engines itself, or starts no server on a store. */
const onlyOnce =
  /\/(relay|docs|spec|walls|secrets|matrix-logs|canary|supply-chain|screens|privacy|files|log-files|slow-reader|slow-writer|strict-json|address|client-address|cors|answers|timing)\.test\.ts$/

/** Runs everything, whatever fails on the way, and ends with what ran, what could not, and one line of numbers. */
export async function runTests(node) {
  const began = Date.now()
  const temp = mkdtempSync(path.join(tmpdir(), 'connectly-test-'))
  const total = { passed: 0, failed: 0, skipped: 0 }
  const lines = []
  const outcome = async (title, work) => {
    const result = await step(title, () => work().catch((error) => ({ code: 1, missing: error.message })))
    for (const key of Object.keys(total)) total[key] += result.counts?.[key] ?? 0
    const counted = result.counts ? `: ${inWords(result.counts)}` : ''
    const mark = result.code === 0 ? '✔' : '✖'
    lines.push({ title, text: `${mark} ${title}${counted}${result.note ? ` (${result.note})` : ''}`, ...result })
    return result
  }

  await outcome('Check: format, lint, types, dead code', async () => ({ code: await runCheck(node) }))
  const built = await outcome('Build: web client and its budgets', async () => ({
    code: await buildWeb(node, { strict: true }),
  }))
  const services = await outcome('Services: Redis and nginx for the tests', async () => {
    const { env, missing } = await ensureServices()
    return { code: missing ? 1 : 0, env, missing: missing || undefined }
  })
  const postgres = await outcome('PostgreSQL for the tests', async () => ({ code: 0, ...(await startPostgres(node)) }))
  const env = { ...services.env, ...postgres.env }
  const all = suites.flatMap(([place, ending]) => filesIn(place).filter((file) => file.endsWith(ending)))
  await outcome('Tests without a browser (node:test)', () => runNodeTests(node, temp, all, env))
  const again = all.filter((file) => onEveryEngine.some((place) => file.startsWith(place)) && !onlyOnce.test(file))
  const ran = ['SQLite']
  for (const engine of engines) {
    const more = { ...env, ...engine.env }
    const { counts } = await outcome(`The server on ${engine.name}`, () => runNodeTests(node, temp, again, more))
    if (counts) ran.push(engine.name)
  }
  await postgres.stop?.()
  await outcome('Tests in a browser (Playwright)', async () => {
    if (built.code !== 0 && !existsSync(path.join(root, 'web/dist/index.html'))) {
      throw new Error('there is no web client to test, since its build failed')
    }
    return runBrowserTests(node, temp)
  })
  rmSync(temp, { recursive: true, force: true })
  return summary(lines, total, ran, began)
}

async function runNodeTests(node, temp, files, env) {
  if (files.length === 0) throw new Error('there are no test files')
  const report = path.join(temp, 'node.json')
  rmSync(report, { force: true })
  const reporter = new URL('count-reporter.mjs', import.meta.url).href
  const code = await run(
    node,
    [
      '--test',
      `--test-concurrency=${availableParallelism()}`,
      '--test-timeout=240000',
      '--test-reporter=spec',
      '--test-reporter-destination=stdout',
      `--test-reporter=${reporter}`,
      `--test-reporter-destination=${report}`,
      ...files,
    ],
    { limit: STEP_LIMIT, env: { ...env, NODE_ENV: 'test' } },
  )
  return { code, counts: readJson(report), missing: readJson(report) ? undefined : 'node:test ended without a report' }
}

async function runBrowserTests(node, temp) {
  if (!existsSync(path.join(root, 'e2e/playwright.config.ts'))) throw new Error('e2e/playwright.config.ts is missing')
  const browser = await ensureBrowser(node)
  const report = path.join(temp, 'playwright.json')
  const code = await run(node, [bin('@playwright/test', 'cli.js'), 'test', '--reporter=list,json'], {
    cwd: 'e2e',
    limit: STEP_LIMIT,
    env: { ...browser.env, PLAYWRIGHT_JSON_OUTPUT_FILE: report, PLAYWRIGHT_JSON_OUTPUT_NAME: report },
  })
  const stats = readJson(report)?.stats
  if (!stats) return { code: code || 1, missing: 'Playwright ended without a report' }
  const counts = { passed: stats.expected + stats.flaky, failed: stats.unexpected, skipped: stats.skipped }
  return { code, counts, note: [browser.name, stats.flaky && `${stats.flaky} flaky`].filter(Boolean).join(', ') }
}

/** The last words. A step that broke without a failed test to show for it still fails the run. */
function summary(lines, total, ran, began) {
  const missing = lines.filter((line) => line.missing)
  console.log(`\n━━ Summary (${seconds(began)})`)
  for (const { text } of lines) console.log(text)
  for (const { title, counts } of lines)
    for (const name of counts?.left ?? []) console.log(`skipped in "${title}": ${name}`)
  console.log(`store engines: ${ran.join(' · ')}`)
  for (const line of missing) console.log(`!!! NOT RUN, or not to its end: ${line.title}: ${line.missing}`)
  const broken = lines.filter((line) => line.code !== 0)
  if (broken.length > 0) console.log(`FAILED: ${broken.map((line) => line.title).join(' · ')}`)
  console.log(inWords(total))
  return broken.length > 0 || total.failed > 0 ? 1 : 0
}

function inWords({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}
