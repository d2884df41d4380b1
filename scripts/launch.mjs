#!/usr/bin/env node
// Every command of the repository starts here, on a fresh clone with nothing but Node >= 20 and npm.
// Plain JavaScript without dependencies, because nothing is installed yet when it runs.
import { resolve } from 'node:path'
import { ensureBrowser } from './launch/browser.mjs'
import { runCheck } from './launch/check.mjs'
import { ensureInstalled, findNode } from './launch/install.mjs'
import { bin, run, serve } from './launch/process.mjs'
import { runTests } from './launch/tests.mjs'
import { buildWeb, ensureWebBuilt } from './launch/web.mjs'

const modes = { start, dev, test, build, check, e2e, screens, crash, fuzz, bench, docs, sbom }
for (const name of ['seed', 'invite', 'backup', 'restore', 'verify', 'migrate-store'])
  modes[name] = (args) => tool(name, args)

/** Installs, builds the web client if it is stale, and serves. Nothing but the server itself runs when both are done. */
async function start(args) {
  const node = await ready()
  await ensureWebBuilt(node)
  return serve([[node, ['server/src/main.ts', ...args]]])
}

/**
 * Like start, but everything restarts or rebuilds when a file changes. Without a DATA_DIR it has a data folder of its
 * own, with people to be.
 */
async function dev(args) {
  const node = await ready()
  const env = { LOG_LEVEL: 'debug', DATA_DIR: process.env.DATA_DIR || 'data-dev' }
  if (!process.env.DATA_DIR) {
    const code = await run(node, ['server/src/tools/run.ts', 'seed', '--data', resolve(env.DATA_DIR)], { env })
    if (code !== 0) return code
  }
  return serve([
    [node, [bin('vite', 'bin/vite.js'), 'build', '--watch'], { cwd: 'web' }],
    [node, ['--watch', '--watch-preserve-output', 'server/src/main.ts', ...args], { env }],
  ])
}

async function test() {
  return runTests(await ready())
}

async function build() {
  return buildWeb(await ready(), { strict: true })
}

async function check() {
  return runCheck(await ready())
}

async function e2e(args) {
  const node = await ready()
  await ensureWebBuilt(node)
  const browser = await ensureBrowser(node)
  return run(node, [bin('@playwright/test', 'cli.js'), 'test', ...args], { cwd: 'e2e', env: browser.env })
}

/** Takes every screen beside the mockups', for one report. */
async function screens(args) {
  const node = await ready()
  await ensureWebBuilt(node)
  const browser = await ensureBrowser(node)
  return run(node, ['e2e/screens/run.ts', ...args], { env: browser.env })
}

async function crash(args) {
  return run(await ready(), ['e2e/crash/run.ts', ...args])
}

/** Sends a running server what nobody should: `--packets`, `--seed`, `--only` one of them again. */
async function fuzz(args) {
  return run(await ready(), ['e2e/fuzz/run.ts', ...args])
}

async function bench(args) {
  const node = await ready()
  await ensureWebBuilt(node)
  return run(node, ['bench/src/run.ts', ...args])
}

async function docs(args) {
  return run(await ready(), ['scripts/docs.ts', ...args])
}

/** A list of everything that runs in production, for whoever has to answer for it. */
async function sbom(args) {
  return run(await ready(), ['scripts/sbom.ts', ...args])
}

/** One of the operator's commands; its flags are its own. */
async function tool(name, args) {
  return run(await ready(), ['server/src/tools/run.ts', name, ...args])
}

async function ready() {
  await ensureInstalled()
  return findNode()
}

const [mode, ...args] = process.argv.slice(2)
if (!Object.hasOwn(modes, mode ?? '')) {
  console.error(`usage: node scripts/launch.mjs ${Object.keys(modes).join(' | ')}`)
  process.exit(64)
}
try {
  process.exitCode = await modes[mode](args)
} catch (error) {
  console.error(`\nconnectly: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
}
