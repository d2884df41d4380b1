import { figureOf, type Sample } from './results.ts'
import type { TargetKey } from './target.ts'

/** A goal: Connectly's figure, alone or as a ratio against another's in the same run. */
export type Goal = {
  what: string
  item: string
  figure: string
  /** Whose figure, where it is not Connectly's as it starts by itself. */
  of?: TargetKey
  against?: TargetKey
  atLeast?: number
  atMost?: number
  unit?: string
}

export const goals: readonly Goal[] = [
  { what: '1×200 messages/s', item: 'fan-1x200', figure: 'messages', against: 'E', atLeast: 10 },
  { what: '1×200 messages/s', item: 'fan-1x200', figure: 'messages', against: 'S', atLeast: 2 },
  { what: '1×1000 messages/s', item: 'fan-1x1000', figure: 'messages', against: 'E', atLeast: 8 },
  { what: '20×20 messages/s', item: 'fan-20x20', figure: 'messages', against: 'E', atLeast: 4 },
  { what: '20×20 messages/s', item: 'fan-20x20', figure: 'messages', against: 'N', atLeast: 1.7 },
  { what: 'direct messages/s', item: 'direct', figure: 'messages', against: 'E', atLeast: 8 },
  { what: 'direct messages/s', item: 'direct', figure: 'messages', against: 'N', atLeast: 2.5 },
  { what: 'acknowledgement p99, 1×200 at 20/s', item: 'rate-1x200', figure: 'ackP99', against: 'E', atMost: 0.7 },
  { what: 'acknowledgement p99, 20×20 at 100/s', item: 'rate-20x20', figure: 'ackP99', against: 'E', atMost: 0.7 },
  { what: 'delivery p99, 1×200 at 20/s', item: 'rate-1x200', figure: 'deliveryP99', against: 'E', atMost: 1 },
  { what: 'delivery p99, 20×20 at 100/s', item: 'rate-20x20', figure: 'deliveryP99', against: 'E', atMost: 1 },
  { what: 'CPU a delivery, 1×200', item: 'fan-1x200', figure: 'cpuMicrosPerDelivery', atMost: 4, unit: 'µs' },
  {
    what: 'memory an idle connection, 2,000',
    item: 'idle-2000',
    figure: 'kibPerConnection',
    against: 'E',
    atMost: 0.6,
  },
  {
    what: 'memory an idle connection, 5,000',
    item: 'idle-5000',
    figure: 'kibPerConnection',
    against: 'E',
    atMost: 0.6,
  },
  { what: 'last 50 of 100,000, requests/s', item: 'newest-50', figure: 'perSecond', against: 'E', atLeast: 25 },
  { what: '500 missed, p50', item: 'missed-500', figure: 'p50', against: 'E', atMost: 0.2 },
  { what: 'chat p99 while 50 sign in, against without', item: 'sign-ins', figure: 'ratio', atMost: 2, unit: '×' },
  {
    what: 'ack p99 while 1,000 of 5,000 mark as read, against without',
    item: 'receipts',
    figure: 'ratio',
    atMost: 1.5,
    unit: '×',
  },
  { what: 'signals of marks in a room of 5,000', item: 'receipts', figure: 'markSignals', atMost: 0 },
  { what: 'receipts of a message to 5,000, p99', item: 'receipts', figure: 'receiptsP99', atMost: 50, unit: 'ms' },
  {
    what: 'ack p99 while a room of 5,000 comes, goes and types, against without',
    item: 'presence',
    figure: 'ratio',
    atMost: 1.5,
    unit: '×',
  },
  // Said on the server's own clock: what arrives may be a hair closer together.
  { what: 'between two counts of a room above 500', item: 'presence', figure: 'countEvery', atLeast: 4.9, unit: 's' },
  {
    what: 'between two signals of typing in a room',
    item: 'presence',
    figure: 'typingEvery',
    atLeast: 0.98,
    unit: 's',
  },
  { what: 'start to listening', item: 'start', figure: 'p50', atMost: 400, unit: 'ms' },
  { what: 'commits/s, hot room', item: 'stores-hot', figure: 'commits', of: 'C-pg', against: 'C', atLeast: 1 },
  { what: 'commits/s, direct', item: 'stores-direct', figure: 'commits', of: 'C-pg', against: 'C', atLeast: 0.7 },
  { what: 'commits/s, hot room', item: 'stores-hot', figure: 'commits', of: 'C-pg2', against: 'C', atLeast: 0.9 },
  { what: 'commits/s, direct', item: 'stores-direct', figure: 'commits', of: 'C-pg2', against: 'C', atLeast: 0.9 },
  {
    what: 'server CPU, a lone commit',
    item: 'stores-lone',
    figure: 'serverMicros',
    of: 'C-pg',
    atMost: 500,
    unit: 'µs',
  },
]

/** `value` is the ratio where the goal is against somebody. Undefined: not measured in this run. */
export type Judged = Goal & { value: number | undefined; verdict: 'met' | 'missed' | 'not measured' }

/** Judges the goals that a run of these items and targets could meet. */
export function judge(
  samples: readonly Sample[],
  run: { items: readonly { key: string }[]; targets: readonly TargetKey[] },
): Judged[] {
  const isMeant = ({ item, of = 'C', against = of }: Goal) =>
    run.items.some(({ key }) => key === item) && run.targets.includes(of) && run.targets.includes(against)
  return goals.filter(isMeant).map((goal) => {
    const own = figureOf(samples, goal.item, goal.of ?? 'C', goal.figure)
    const other = goal.against ? figureOf(samples, goal.item, goal.against, goal.figure) : 1
    const value = own === undefined || other === undefined ? undefined : own / other
    if (value === undefined) return { ...goal, value, verdict: 'not measured' }
    const met = value >= (goal.atLeast ?? -Infinity) && value <= (goal.atMost ?? Infinity)
    return { ...goal, value, verdict: met ? 'met' : 'missed' }
  })
}
