import { spawn } from 'node:child_process'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** The repository's root; every command runs from there or from a folder named relative to it. */
export const root = path.resolve(fileURLToPath(new URL('../..', import.meta.url)))

/** A tool's own JavaScript file, so that no shim and no shell stands between it and the Node of the lockfile. */
export function bin(name, file) {
  return path.join(root, 'node_modules', name, file)
}

/** Runs one command and gives its exit code. `limit` (ms) ends it, and everything it started, when it hangs. */
export async function run(command, args, options = {}) {
  const child = begin(command, args, { ...options, detached: options.limit !== undefined && !isWindows })
  let late = false
  const timer = options.limit && setTimeout(() => ((late = true), endGroup(child)), options.limit)
  const stop = () => endGroup(child)
  if (options.limit) for (const signal of signals) process.once(signal, stop)

  const code = await ended(child)
  clearTimeout(timer)
  for (const signal of signals) process.off(signal, stop)
  if (late) console.error(`\nconnectly: stopped after ${options.limit / 1000} s: ${path.basename(args[0] ?? command)}`)
  return late ? 124 : code
}

/**
 * Runs commands that stay, side by side, until the last one listed ends; gives that one's exit code.
 * Signals are passed on. A terminal's Ctrl-C already reaches the whole foreground group, so that one is not doubled.
 */
export async function serve(commands) {
  const children = commands.map(([command, args, options]) => begin(command, args, options))
  const main = children.at(-1)
  for (const signal of signals) {
    process.on(signal, () => {
      if (process.stdin.isTTY && signal !== 'SIGTERM') return
      for (const child of children) child.kill(signal)
    })
  }

  const code = await ended(main)
  for (const child of children) if (child !== main) child.kill('SIGTERM')
  return code
}

/** Runs `work` under a heading with the seconds it took. */
export async function step(title, work) {
  const began = Date.now()
  console.log(`\n━━ ${title}`)
  const result = await work()
  console.log(`━━ ${title}: ${seconds(began)}`)
  return result
}

export function seconds(since) {
  return `${((Date.now() - since) / 1000).toFixed(1)} s`
}

/** Says every few seconds that something long is still going on. */
export function progress(what) {
  const began = Date.now()
  console.log(`connectly: ${what} …`)
  const timer = setInterval(() => console.log(`connectly: ${what} … ${seconds(began)}`), 5000)
  return {
    done: (outcome = 'done') => {
      clearInterval(timer)
      console.log(`connectly: ${what}: ${outcome} after ${seconds(began)}`)
    },
  }
}

const signals = ['SIGTERM', 'SIGINT', 'SIGHUP']
const isWindows = process.platform === 'win32'

function begin(command, args, { cwd = '.', env = {}, stdio = 'inherit', shell = false, detached = false } = {}) {
  return spawn(command, args, {
    cwd: path.resolve(root, cwd),
    env: { ...process.env, ...env },
    stdio,
    shell,
    detached,
  })
}

function ended(child) {
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve(code ?? 128 + (signalNumbers[signal] ?? 1)))
  })
}

const signalNumbers = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGSEGV: 11, SIGTERM: 15 }

function endGroup(child) {
  if (isWindows) return child.kill()
  try {
    process.kill(-child.pid, 'SIGTERM')
    setTimeout(() => killQuietly(-child.pid), 5000).unref()
  } catch {
    child.kill('SIGTERM')
  }
}

function killQuietly(pid) {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It is gone, which was the aim.
  }
}
