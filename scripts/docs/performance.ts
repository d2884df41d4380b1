import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { goals, type Judged } from '../../bench/src/goals.ts'
import { short } from '../../bench/src/report.ts'
import { table } from './markdown.ts'
import { root } from './root.ts'

type Results = {
  date: string
  commit?: string
  machine: { cpu: string; cpus: number; memoryGiB: number; system: string; node: string }
  seconds: number
  repeats: number
  notes: string[]
  goals: Judged[]
}

const [begin, end] = ['<!-- performance: made by npm run docs -->', '<!-- /performance -->']
const file = 'bench/results/latest.json'
const names: Record<string, string> = {
  E: 'ejabberd, durable',
  N: 'Socket.IO, one INSERT each, durable',
  S: 'Socket.IO, stores nothing',
}

/** The README with its figures as the committed results have them. */
export function readmeWithFigures(readme: string): string {
  const [from, to] = [readme.indexOf(begin), readme.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`README.md has no lines ${begin} and ${end}`)
  return `${readme.slice(0, from + begin.length)}\n${figures(committed())}\n${readme.slice(to)}`
}

function figures(results: Results | undefined): string {
  if (!results) return 'No results are committed yet. `npm run bench` writes them.'
  const { machine } = results
  const measured = results.goals.filter(({ value }) => value !== undefined)
  const missing = goals.length - measured.length
  const rows = measured.map(({ what, against, atLeast, atMost, unit, value, verdict }) => [
    what,
    against ? (names[against] ?? against) : 'by itself',
    `${atLeast === undefined ? '≤' : '≥'} ${short(atLeast ?? atMost)} ${against ? '×' : (unit ?? '')}`,
    `${short(value)} ${against ? '×' : (unit ?? '')}`,
    verdict,
  ])
  return `Measured by \`npm run bench\` on ${results.date.slice(0, 10)}${results.commit ? ` at ${results.commit}` : ''}: ${machine.cpus} CPUs (${machine.cpu}), ${machine.memoryGiB} GiB, ${machine.system},
Node ${machine.node}; ${results.repeats} samples of ${results.seconds} s each, medians. \`×\` is Connectly's figure divided by the other's in the same run.

${table(['what', 'against', 'goal', 'measured', ''], rows)}
${missing > 0 ? `\n${missing} of ${goals.length} goals were not measured in this run.\n` : ''}${results.notes.map((note) => `\n> ${note}\n`).join('')}`
}

/**
 * The results that git has staged or committed: a run on somebody's machine must not make the README stale. Without git,
 * the file as it lies there.
 */
function committed(): Results | undefined {
  let text: string | undefined
  try {
    text = execFileSync('git', ['show', `:${file}`], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
  } catch {
    const isCheckout = existsSync(path.join(root, '.git'))
    if (!isCheckout && existsSync(path.join(root, file))) text = readFileSync(path.join(root, file), 'utf8')
  }
  return text ? (JSON.parse(text) as Results) : undefined
}
