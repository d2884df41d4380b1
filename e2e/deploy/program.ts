import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'

/** A program that the tests stand on, and how to come by it. */
export type Program = { name: string; setting: string; places: readonly string[]; version: string; package: string }

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
  places: ['/usr/bin/caddy', '/usr/local/bin/caddy', '/opt/homebrew/bin/caddy'],
  version: 'version',
  package: 'caddy',
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

/** The same, installed from Debian where that can be done, and a failure where it cannot. */
export function ensureProgram(program: Program): string {
  const found = findProgram(program)
  if (found) return found
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) installed(program.package)
  const now = findProgram(program)
  if (now) return now
  throw new Error(
    `no ${program.name}: install it (apt-get install ${program.package}), or set ${program.setting} to it`,
  )
}

/** Installs without starting what the package would start: a test runs its own, in a folder of its own. */
function installed(name: string): void {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' }
  const apt = ['-o', 'DPkg::Lock::Timeout=120', '-qq']
  try {
    execFileSync('apt-get', [...apt, 'update'], { env, stdio: 'ignore' })
    execFileSync('apt-get', [...apt, 'install', '-y', '--no-install-recommends', name], { env, stdio: 'ignore' })
  } catch {
    // What is missing is said by whoever asked.
  }
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
