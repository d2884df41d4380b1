import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { items } from './items/index.ts'
import type { Item } from './items/item.ts'
import { engineKeys, targetKeys, yardstickKeys, type TargetKey } from './target.ts'

export const usage = `npm run bench -- [options]
  --engines        Connectly on every engine and topology, against itself on SQLite, instead of other servers
  --items a,b      only these (${items.map(({ key }) => key).join(', ')};
                   fan, rate, stores … for all that begin so)
  --targets C,E    only these (C Connectly, E ejabberd, N one INSERT each, S stores nothing; Connectly on other engines:
                   ${engineKeys.slice(1).join(', ')})
  --seconds 5      how long each sample measures
  --repeats 3      samples a cell; the median counts
  --full           also the items that take long
  --share          servers and load share all CPUs, as where several processes run on one machine
  --json FILE      where the samples go (default bench/results/latest.json; engines.json, shared.json)
  --dir DIR        where the servers keep their data; must be a real disk
  --no-install     never install ejabberd`

export type Options = {
  items: typeof items
  targets: readonly TargetKey[]
  seconds: number
  repeats: number
  /** Nothing has a CPU of its own. */
  share: boolean
  json: string
  dir: string | undefined
  install: 'install' | 'never'
}

/** Reads the command line; throws a sentence about what is wrong with it. */
export function readOptions(args: string[]): Options {
  const { values } = parseArgs({
    args,
    options: {
      items: { type: 'string' },
      targets: { type: 'string' },
      seconds: { type: 'string', default: '5' },
      repeats: { type: 'string', default: '3' },
      json: { type: 'string' },
      dir: { type: 'string' },
      full: { type: 'boolean', default: false },
      engines: { type: 'boolean', default: false },
      share: { type: 'boolean', default: false },
      install: { type: 'boolean', default: true },
    },
    allowNegative: true,
  })
  const wantedItems = values.items?.split(',')
  const wantedTargets = values.targets?.split(',')
  const isWanted = (key: string) => wantedItems?.some((wanted) => key === wanted || key.startsWith(`${wanted}-`))
  const unknown = [
    ...(wantedItems ?? []).filter((wanted) => !items.some(({ key }) => key === wanted || key.startsWith(`${wanted}-`))),
    ...(wantedTargets ?? []).filter((key) => !targetKeys.some((known) => known === key)),
  ]
  if (unknown.length > 0) throw new Error(`unknown: ${unknown.join(', ')}`)
  const usual: readonly TargetKey[] = values.engines ? engineKeys.filter(isRunnable) : yardstickKeys
  const targets = targetKeys.filter((key) => (wantedTargets ?? usual).includes(key))
  const isUsual = (item: Item) =>
    (values.engines ? isOfEngines(item) : isOfOthers(item)) && (values.full || !item.fullOnly)
  const name = values.share ? 'shared' : values.engines ? 'engines' : 'latest'
  return {
    items: items.filter(
      (item) => item.targets.some((key) => targets.includes(key)) && (isWanted(item.key) ?? isUsual(item)),
    ),
    targets,
    seconds: within(values.seconds, 1, 60, '--seconds'),
    repeats: within(values.repeats, 1, 20, '--repeats'),
    share: values.share,
    json: values.json ?? join(dirname(import.meta.dirname), 'results', `${name}.json`),
    dir: values.dir,
    install: values.install ? 'install' : 'never',
  }
}

/** What engines differ in. */
const isOfEngines = ({ targets }: Item) => targets.some((key) => key.startsWith('C-'))

/** What other servers do too, or only Connectly does. */
const isOfOthers = (item: Item) =>
  !isOfEngines(item) || yardstickKeys.some((key) => key !== 'C' && item.targets.includes(key))

/** MongoDB is measured on a real one only: the tests' stand-in says nothing about its speed. */
const isRunnable = (key: TargetKey) => key !== 'C-mongo' || Boolean(process.env['TEST_MONGODB_URI'])

function within(text: string, least: number, most: number, name: string): number {
  const value = Number(text)
  if (!(value >= least && value <= most)) throw new Error(`${name} must be ${least} to ${most}`)
  return value
}
