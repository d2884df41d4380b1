import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { answerOf, has } from '../machine.ts'

const CONTROL = '/usr/sbin/ejabberdctl'
const ERLANG = '/usr/lib/erlang/lib'
const PACKAGES = ['ejabberd', 'erlang-p1-sqlite3']

/** Where Debian put ejabberd's Erlang libraries; undefined when it, or its SQLite driver, is not there. */
export function ejabberdLibraries(): string | undefined {
  if (!existsSync(CONTROL) || !has('erl')) return undefined
  const libraries = /^ERL_LIBS='?([^'\n]+)/m.exec(readFileSync(CONTROL, 'utf8'))?.[1]
  if (!libraries || !existsSync(libraries)) return undefined
  return existsSync(ERLANG) && readdirSync(ERLANG).some((name) => name.startsWith('p1_sqlite3')) ? libraries : undefined
}

/** Makes sure ejabberd can run. Answers why not when it cannot: the run goes on without it, loudly. */
export function ensureEjabberd(install: 'install' | 'never'): { available: true } | { available: false; why: string } {
  if (ejabberdLibraries()) return { available: true }
  const byHand = `apt-get install ${PACKAGES.join(' ')}`
  if (install === 'never') return { available: false, why: `not installed, and --no-install was given (${byHand})` }
  if (!existsSync('/etc/debian_version')) return { available: false, why: 'not installed, and this is not a Debian' }
  if (process.getuid?.() !== 0) return { available: false, why: `not installed, and only root may (${byHand})` }

  console.log(`Installing ${PACKAGES.join(' and ')} from Debian, to measure against …`)
  try {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    execFileSync('apt-get', ['update'], { env, stdio: 'ignore' })
    execFileSync('apt-get', ['install', '-y', '--no-install-recommends', ...PACKAGES], { env, stdio: 'ignore' })
  } catch {
    return { available: false, why: `${byHand} failed` }
  }
  // The package may have started its own service; the bench runs its own.
  if (has('systemctl')) answerOf('systemctl', ['disable', '--now', 'ejabberd'])
  else if (has('service')) answerOf('service', ['ejabberd', 'stop'])
  return ejabberdLibraries() ? { available: true } : { available: false, why: `${byHand} left no working ejabberd` }
}
