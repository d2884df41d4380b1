import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { answers } from './install.mjs'
import { progress, run } from './process.mjs'

/** Programs that several processes of Connectly stand beside: real ones, for the tests of how they go together. */
const programs = [
  { name: 'redis-server', setting: 'REDIS_SERVER', version: ['--version'] },
  { name: 'nginx', setting: 'NGINX', version: ['-v'] },
]
const folders = ['/usr/bin', '/usr/sbin', '/usr/local/bin', '/usr/local/sbin', '/opt/homebrew/bin']

/**
 * Finds redis-server and nginx, or installs them: Debian's packages as root, without starting them. Gives the environment
 * that points the tests at them (REDIS_SERVER, NGINX), and what is missing, in words.
 */
export async function ensureServices() {
  const wanted = programs.filter((program) => !findProgram(program)).map(({ name }) => name)
  if (wanted.length > 0 && isDebianRoot()) await install(wanted)
  const found = programs.map((program) => [program.setting, findProgram(program)])
  const missing = programs.filter((program) => !findProgram(program))
  return {
    env: Object.fromEntries(found.filter(([, file]) => file)),
    missing: missing
      .map(({ name, setting }) => `no ${name}: install it (Debian: apt-get install ${name}), or set ${setting} to it`)
      .join('; '),
  }
}

async function install(names) {
  const told = progress(`installing ${names.join(' ')} with apt-get`)
  // Both are started by the tests, on ports of theirs; neither may be started by its package.
  const quiet = { env: { DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1', SYSTEMD_OFFLINE: '1' }, limit: 300_000 }
  const apt = ['-o', 'DPkg::Lock::Timeout=300', '-o', 'Acquire::Retries=3', '-qq']
  await run('apt-get', [...apt, 'update'], quiet)
  const code = await run('apt-get', [...apt, 'install', '-y', '--no-install-recommends', ...names], quiet)
  told.done(code === 0 ? 'done' : 'FAILED')
}

function findProgram({ name, setting, version }) {
  const named = process.env[setting]
  if (named && !answers(named, version)) throw new Error(`${setting} is ${named}, which does not start`)
  return (
    named || folders.map((folder) => path.join(folder, name)).find((file) => existsSync(file) && answers(file, version))
  )
}

/** True on a Debian, or a system made of it, where packages may be installed. */
export function isDebianRoot() {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get') || !existsSync('/etc/os-release')) return false
  return /^ID(_LIKE)?=.*debian/m.test(readFileSync('/etc/os-release', 'utf8'))
}
