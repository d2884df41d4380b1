import type { Judged } from './goals.ts'
import type { Item } from './items/item.ts'
import { figureOf, type Failure, type Sample } from './results.ts'
import type { TargetKey } from './target.ts'

/** What is shown of each item; the JSON holds everything. */
const shown: Record<string, readonly string[]> = {
  fan: [
    'messages',
    'deliveries',
    'cpuMicrosPerDelivery',
    'cpuMicrosPerMessage',
    'servicesMicrosPerMessage',
    'ackP99',
    'deliveryP99',
    'serverPercent',
    'clientPercent',
    'foreignPercent',
  ],
  direct: [
    'messages',
    'cpuMicrosPerMessage',
    'servicesMicrosPerMessage',
    'ackP99',
    'deliveryP99',
    'serverPercent',
    'clientPercent',
    'foreignPercent',
  ],
  rate: ['ackP50', 'ackP95', 'ackP99', 'deliveryP50', 'deliveryP99', 'serverPercent', 'foreignPercent'],
  idle: ['kibPerConnection', 'baseMiB', 'connectsPerSecond', 'cpuMsPerConnect'],
  newest: ['perSecond', 'p50', 'p99', 'serverPercent', 'clientPercent', 'foreignPercent'],
  missed: ['p50', 'cpuMsEach', 'foreignPercent'],
  sign: ['quietP99', 'busyP99', 'ratio', 'signInSeconds', 'foreignPercent'],
  receipts: [
    'quietP99',
    'busyP99',
    'ratio',
    'quietDeliveries',
    'deliveries',
    'marks',
    'markSignals',
    'cpuMicrosPerMark',
    'receiptsP50',
    'receiptsP99',
    'receiptsToPage',
    'serverPercent',
    'foreignPercent',
  ],
  presence: [
    'quietP99',
    'busyP99',
    'ratio',
    'signalsPerConnection',
    'countEvery',
    'typingEvery',
    'cpuMicrosPerSignal',
    'serverPercent',
    'foreignPercent',
  ],
  start: ['p50', 'slowest'],
  stores: ['commits', 'p50', 'p99', 'nodeMicros', 'serverMicros', 'serverPercent', 'foreignPercent'],
  pubsub: ['frames', 'p50', 'p99', 'foreignPercent'],
}

const titles: Record<string, string> = {
  messages: 'messages/s',
  deliveries: 'deliveries/s',
  cpuMicrosPerDelivery: 'server CPU µs a delivery',
  cpuMicrosPerMessage: 'server CPU µs a message',
  servicesMicrosPerMessage: 'of it PostgreSQL and Redis',
  commits: 'commits/s',
  frames: 'frames/s',
  nodeMicros: 'Node CPU µs a commit',
  serverMicros: "the database server's",
  ackP50: 'ack p50 ms',
  ackP95: 'ack p95 ms',
  ackP99: 'ack p99 ms',
  deliveryP50: 'delivery p50 ms',
  deliveryP99: 'delivery p99 ms',
  serverPercent: 'server CPU %',
  clientPercent: 'client CPU %',
  foreignPercent: 'foreign CPU %',
  kibPerConnection: 'KiB a connection',
  baseMiB: 'MiB before',
  connectsPerSecond: 'connects/s',
  cpuMsPerConnect: 'CPU ms a connect',
  perSecond: 'requests/s',
  p50: 'p50 ms',
  p99: 'p99 ms',
  cpuMsEach: 'CPU ms each',
  quietP99: 'ack p99 ms without',
  busyP99: 'ack p99 ms with',
  ratio: 'ratio',
  signInSeconds: 'all signed in after s',
  quietDeliveries: 'deliveries/s without',
  marks: 'marks/s',
  markSignals: 'signals of marks',
  cpuMicrosPerMark: 'server CPU µs a mark',
  receiptsP50: 'receipts p50 ms',
  receiptsP99: 'receipts p99 ms',
  receiptsToPage: 'receipts against a page of 50, ×',
  signalsPerConnection: 'signals/s a connection',
  countEvery: 's between counts',
  typingEvery: 's between signals of typing',
  cpuMicrosPerSignal: 'server CPU µs a signal',
  slowest: 'slowest ms',
}

/** Whose figures the others' are given as ratios to, where they are Connectly's own on other engines. */
const BASE: TargetKey = 'C'

/** A table an item: a row a server, medians with their lowest and highest sample; a column that nobody has is left out. */
export function figuresAsMarkdown(
  items: readonly Item[],
  targets: readonly TargetKey[],
  samples: readonly Sample[],
): string {
  return items
    .map((item) => {
      const own = samples.filter((sample) => sample.item === item.key)
      const columns = (shown[item.key.split('-', 1)[0] ?? ''] ?? []).filter((figure) =>
        own.some(({ figures }) => figures[figure] !== undefined),
      )
      const there = targets.filter((target) => own.some((sample) => sample.target === target))
      const [first] = columns
      if (!first) return ''
      const isOfEngines = there.some((target) => target.startsWith(`${BASE}-`)) && there.includes(BASE)
      const ratio = (target: TargetKey) => {
        const [value, base] = [target, BASE].map((each) => figureOf(samples, item.key, each, first))
        return value === undefined || base === undefined ? '–' : `${short(value / base)} ×`
      }
      const rows = there.map((target) => [
        item.rows?.[target] ?? target,
        ...(isOfEngines ? [ratio(target)] : []),
        ...columns.map((figure) => cell(samples, item.key, target, figure)),
      ])
      const head = ['', ...(isOfEngines ? [`${titles[first] ?? first} against ${item.rows?.[BASE] ?? BASE}`] : [])]
      return `### ${item.title}\n\n${table([...head, ...columns.map((name) => titles[name] ?? name)], rows)}\n`
    })
    .join('\n')
}

function cell(samples: readonly Sample[], item: string, target: TargetKey, figure: string): string {
  const values = samples
    .filter((sample) => sample.item === item && sample.target === target)
    .map(({ figures }) => figures[figure] ?? NaN)
  const middle = short(figureOf(samples, item, target, figure))
  const spread = [
    'messages',
    'commits',
    'frames',
    'ackP99',
    'deliveryP99',
    'kibPerConnection',
    'perSecond',
    'p50',
    'ratio',
    'receiptsP99',
  ].includes(figure)
  return spread && values.length > 1
    ? `${middle} (${short(Math.min(...values))}–${short(Math.max(...values))})`
    : middle
}

export function goalsAsMarkdown(judged: readonly Judged[]): string {
  if (judged.length === 0) return ''
  const rows = judged.map(({ what, of = 'C', against, atLeast, atMost, unit, value, verdict }) => [
    what,
    of,
    against ?? '–',
    `${atLeast === undefined ? '≤' : '≥'} ${short(atLeast ?? atMost)} ${against ? '×' : (unit ?? '')}`,
    value === undefined ? '–' : `${short(value)} ${against ? '×' : (unit ?? '')}`,
    verdict,
  ])
  return `## Goals\n\n${table(['Connectly', '', 'against', 'goal', 'measured', ''], rows)}\n`
}

export function failuresAsMarkdown(failures: readonly Failure[]): string {
  if (failures.length === 0) return ''
  const lines = failures.map(({ item, target, repeat, why }) => `- ${item} ${target} #${repeat + 1}: ${why.trim()}`)
  return `## FAILED\n\n${lines.join('\n')}\n`
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

/** Three figures that matter: 1,234 · 56.7 · 0.891. */
export function short(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return '–'
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en')
  return String(Number(value.toPrecision(3)))
}
