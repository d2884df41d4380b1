/** Measures Connectly beside its yardsticks in one run: see `--help` and bench/README.md. */
import { spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { judge } from './goals.ts'
import type { Item } from './items/item.ts'
import { answerOf, choosePinning, describeMachine, isInMemory, type Pinning } from './machine.ts'
import { readOptions, usage, type Options } from './options.ts'
import { failuresAsMarkdown, figuresAsMarkdown, goalsAsMarkdown } from './report.ts'
import type { Failure, Sample } from './results.ts'
import { ensureEjabberd } from './servers/ejabberd-install.ts'
import type { TargetKey } from './target.ts'

// Ctrl-C ends the run by an exit, so that what it started ends with it.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))

const CELL_LIMIT_MS = 180_000
/** Above this, in percent of one CPU, something else on the machine had a hand in a sample. */
const QUIET_PERCENT = 20
const bench = dirname(import.meta.dirname)

if (process.argv.includes('--help')) console.log(usage)
else await run(readOptions(process.argv.slice(2)))

async function run(options: Options): Promise<void> {
  const notes: string[] = []
  const say = (note: string) => {
    notes.push(note)
    console.log(`!! ${note}`)
  }
  const pinning = options.share ? undefined : choosePinning()
  if (options.share) say('Servers, databases and load share all CPUs: what one of them uses, the others do not have.')
  else if (!pinning)
    say(
      'Server and client are NOT pinned to CPUs of their own (no taskset, or one CPU): read nothing into the figures.',
    )
  const ejabberd = options.targets.includes('E') ? ensureEjabberd(options.install) : { available: true as const }
  if (!ejabberd.available) say(`NO ejabberd: ${ejabberd.why}. Every goal against E stays unmeasured.`)
  const targets = options.targets.filter((key) => key !== 'E' || ejabberd.available)
  const onEngines = targets.some((key) => key.startsWith('C-'))
  if (onEngines && !process.env['TEST_MONGODB_URI']) {
    const isLeftOut = !targets.includes('C-mongo')
    say(
      isLeftOut
        ? 'MongoDB is left out: the stand-in of the tests says nothing about its speed. Name a replica set in TEST_MONGODB_URI.'
        : 'C-mongo is the stand-in of the tests: it shows that this works, and says NOTHING about the speed of MongoDB.',
    )
  }
  if (onEngines && pinning)
    say(
      'With a server, all of its processes, PostgreSQL and Redis share ONE CPU; the load has another. Stores have both.',
    )
  const dir = workDirectory(options.dir)
  const clean = () => removeAll(dir)
  process.once('exit', clean)
  if (isInMemory(dir))
    say(
      `${dir} is in memory: a flush costs nothing there, so what is said about durable writes is worthless. Use --dir.`,
    )

  const samples: Sample[] = []
  const failures: Failure[] = []
  const date = new Date().toISOString()
  try {
    // Repeats outermost and targets innermost: what disturbs the machine for a while disturbs them all alike.
    for (let repeat = 0; repeat < options.repeats; repeat++) {
      for (const item of options.items) {
        if (repeat >= (item.repeats ?? Infinity)) continue
        for (const target of targets.filter((key) => item.targets.includes(key))) {
          const answer = await sampleCell(item, target, options.seconds, dir, pinning)
          if ('why' in answer) failures.push({ item: item.key, target, repeat, why: answer.why })
          else samples.push({ item: item.key, target, repeat, ...answer })
          console.log(
            `${item.key} ${target} #${repeat + 1}: ${'why' in answer ? `FAILED ${answer.why}` : headline(answer)}`,
          )
        }
      }
    }
  } finally {
    process.off('exit', clean)
    clean()
  }

  const disturbed = samples.filter(({ figures }) => (figures['foreignPercent'] ?? 0) > QUIET_PERCENT)
  if (disturbed.length > 0) {
    const cells = new Set(disturbed.map(({ item, target }) => `${item} ${target}`))
    say(`${disturbed.length} of ${samples.length} samples were disturbed by other work: ${[...cells].join(', ')}.`)
  }

  const judged = judge(samples, options)
  const machine = { ...describeMachine(), pinning: pinning ?? 'none', shared: options.share }
  const { seconds, repeats, json: file } = options
  const commit = answerOf('git', ['-C', bench, 'rev-parse', '--short', 'HEAD'])
  const versions = Object.fromEntries(samples.map(({ target, version }) => [target, version]))
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(
    file,
    `${JSON.stringify({ date, commit, machine, versions, seconds, repeats, notes, goals: judged, failures, samples }, null, 1)}\n`,
  )
  console.log(`\n${date}, ${machine.cpus} × ${machine.cpu}, ${machine.system}, Node ${machine.node}`)
  for (const [target, version] of Object.entries(versions)) console.log(`${target}: ${version}`)
  console.log(`\n${figuresAsMarkdown(options.items, targets, samples)}`)
  console.log(goalsAsMarkdown(judged))
  console.log(failuresAsMarkdown(failures))
  for (const note of notes) console.log(`!! ${note}`)
  if (failures.length > 0) process.exitCode = 1
}

/** A fresh directory on a disk: the system's own for temporary files unless that is memory. */
function workDirectory(wanted: string | undefined): string {
  const parent = wanted ?? (isInMemory(tmpdir()) ? join(bench, 'data') : tmpdir())
  mkdirSync(parent, { recursive: true })
  const dir = mkdtempSync(join(parent, 'connectly-bench-'))
  // ejabberd runs as a user of its own.
  chmodSync(dir, 0o755)
  return dir
}

/** Databases that end with the run still write there for a moment, while it must not return to wait for them. */
function removeAll(dir: string): void {
  const pause = new Int32Array(new SharedArrayBuffer(4))
  for (let tries = 0; tries < 100; tries++) {
    rmSync(dir, { recursive: true, force: true, maxRetries: 5 })
    if (!existsSync(dir)) return
    Atomics.wait(pause, 0, 0, 20)
  }
}

type Answer = Pick<Sample, 'figures' | 'version'> | { why: string }

/** Runs one sample in a process group of its own, so that a server cannot outlive it. */
function sampleCell(item: Item, target: TargetKey, seconds: number, dir: string, pinning: Pinning): Promise<Answer> {
  const own = item.sharesCpus ? undefined : pinning
  const pin = own ? ['taskset', '-c', String(own.client)] : []
  const [program, ...args] = [
    ...pin,
    process.execPath,
    join(import.meta.dirname, 'cell.ts'),
    item.key,
    target,
    String(seconds),
    dir,
  ]
  const env = { ...process.env, BENCH_SERVER_CPU: own ? String(own.server) : '' }
  const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  const stopAll = () => killGroup(child.pid)
  // Before the folder goes.
  process.prependOnceListener('exit', stopAll)
  const timer = setTimeout(stopAll, CELL_LIMIT_MS)
  let out = ''
  let errors = ''
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
  return new Promise((resolve) =>
    child.on('close', (code) => {
      clearTimeout(timer)
      process.off('exit', stopAll)
      stopAll()
      if (code === 0) resolve(JSON.parse(out.trim().split('\n').at(-1) ?? ''))
      else resolve({ why: errors.trim().split('\n').slice(-12).join('\n') || `ended with ${code ?? 'a timeout'}` })
    }),
  )
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // Nobody of the group is left.
  }
}

function headline({ figures }: Pick<Sample, 'figures'>): string {
  return Object.entries(figures)
    .map(([name, value]) => `${name} ${Number(value.toPrecision(4))}`)
    .join(', ')
}
