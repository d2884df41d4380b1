import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import path from 'node:path'

/** A program that the tests stand on, and how to come by it. */
export type Program = {
  name: string
  setting: string
  places: readonly string[]
  version: string
  /** What Debian calls it. */
  package: string
  /** One file that needs nothing else, so that its package need not be installed. */
  isAlone?: true
}

const unpacked = path.resolve(import.meta.dirname, '../../node_modules/.cache/unpacked')

export const nginx: Program = {
  name: 'nginx',
  setting: 'NGINX',
  places: ['/usr/sbin/nginx', '/usr/local/sbin/nginx', '/usr/local/bin/nginx', '/opt/homebrew/bin/nginx'],
  version: '-v',
  package: 'nginx',
}

export const caddy: Program = {
  name: 'Caddy',
  setting: 'CADDY',
  places: ['/usr/bin/caddy', '/usr/local/bin/caddy', '/opt/homebrew/bin/caddy', path.join(unpacked, 'usr/bin/caddy')],
  version: 'version',
  package: 'caddy',
  isAlone: true,
}

export const redis: Program = {
  name: 'Redis',
  setting: 'REDIS_SERVER',
  places: ['/usr/bin/redis-server', '/usr/local/bin/redis-server', '/opt/homebrew/bin/redis-server'],
  version: '--version',
  package: 'redis-server',
}

export const openssl: Program = {
  name: 'openssl',
  setting: 'OPENSSL',
  places: ['/usr/bin/openssl', '/usr/local/bin/openssl', '/opt/homebrew/bin/openssl'],
  version: 'version',
  package: 'openssl',
}

/** Where the program is: named by its setting, or in a usual place. A setting that does not lead to it is a failure. */
function findProgram(program: Program): string | undefined {
  const named = process.env[program.setting]
  if (named && !answers(named, program.version)) throw new Error(`${program.setting} is ${named}, which does not start`)
  return named || program.places.find((place) => existsSync(place) && answers(place, program.version))
}

/** The same, unpacked from Debian's package where that is enough. What is nowhere is a failure; `npm test` installs it. */
export function ensureProgram(program: Program): string {
  const found = findProgram(program)
  if (found) return found
  if (program.isAlone) unpackPackage(program.package)
  const now = findProgram(program)
  if (now) return now
  throw new Error(
    `no ${program.name}: install it (apt-get install ${program.package}), or set ${program.setting} to it`,
  )
}

const fetchAndUnpack =
  'cd "$2" && { apt-get -qq download "$1" || { apt-get -qq update && apt-get -qq download "$1"; }; } && dpkg-deb -x "$1"_*.deb .'

/** Lays a package's files beside ours, and changes nothing on the machine. */
function unpackPackage(name: string): void {
  mkdirSync(unpacked, { recursive: true })
  spawnSync('sh', ['-c', fetchAndUnpack, 'unpack', name, unpacked], { stdio: 'ignore' })
}

const answers = (file: string, version: string): boolean => spawnSync(file, [version]).status === 0

/** Root gives up what it may do before it runs something that faces the network. */
export const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}

/** Runs a program that ends with this process, even where this one is killed: a shell in between sees its input end. */
export function spawnLeashed(
  file: string,
  args: readonly string[],
  options: { cwd: string; env?: Record<string, string> },
): ChildProcess {
  const leash = '"$@" & child=$!; trap "kill $child" TERM; cat > /dev/null; kill $child 2> /dev/null; wait $child'
  const env = { PATH: process.env['PATH'] ?? '', HOME: options.cwd, ...options.env }
  return spawn('/bin/sh', ['-c', leash, 'leash', file, ...args], { ...options, ...nobody, env, stdio: 'pipe' })
}
