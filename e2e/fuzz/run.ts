import { parseArgs } from 'node:util'
import { fuzz, type Report } from './fuzz.ts'

/* `npm run fuzz -- --packets 20000 --seed 7`; `--only 123` or `--only 100-123` sends some of them again. */

const { values } = parseArgs({
  options: {
    packets: { type: 'string', default: '20000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    only: { type: 'string' },
  },
})
const [from, to] = (values.only ?? `0-${Number(values.packets) - 1}`).split('-').map(Number)
const seed = Number(values.seed)
if (![from, to ?? from, seed].every((each) => Number.isInteger(each))) {
  console.error('usage: npm run fuzz -- [--packets N] [--seed N] [--only N | --only N-M]')
  process.exit(64)
}
console.log(`fuzzing with seed ${seed}`)
const report = await fuzz({ seed, from: from ?? 0, to: to ?? from ?? 0, onProgress: (line) => console.log(line) })
print(report)
process.exitCode = report.complaints.length > 0 ? 1 : 0

function print({ sent, seconds, outcomes, reached, noticed, weight, complaints }: Report): void {
  const mb = (bytes: number) => `${Math.round(bytes / 1e6)} MB`
  console.log(`\n${sent} packets in ${seconds.toFixed(0)} s`)
  for (const [kind, counts] of Object.entries(outcomes))
    console.log(
      `  ${kind}: ${Object.entries(counts)
        .toSorted(([, a], [, b]) => b - a)
        .slice(0, 14)
        .map(([what, count]) => `${what} ${count}`)
        .join(', ')}`,
    )
  console.log(`methods that were carried out at least once: ${reached.ok.length} of ${reached.all.length}`)
  console.log(`  never: ${reached.all.filter((name) => !reached.ok.includes(name)).join(' ')}`)
  console.log(
    `neighbour: ${noticed.asks} asks, the slowest ${Math.round(noticed.slowestAsk)} ms; /health ${Math.round(noticed.slowestHealth)} ms at most`,
  )
  console.log(
    `memory: ${mb(weight.warm.rss)} warm, ${mb(weight.end.rss)} at the end (${Math.round((weight.end.rss / weight.warm.rss) * 100)} %), heap ${mb(weight.warm.heap)} and ${mb(weight.end.heap)}`,
  )
  for (const complaint of complaints) console.log(`\n✖ ${complaint}`)
  console.log(complaints.length === 0 ? '0 faults' : `\n${complaints.length} faults`)
}
