import { parseArgs } from 'node:util'
import { items } from './items/index.ts'
import { targetKeys, type TargetKey } from './target.ts'

export const usage = `npm run bench -- [options]
  --items a,b      only these (${items.map(({ key }) => key).join(', ')})
  --targets C,E    only these (C Connectly, E ejabberd, N one INSERT each, S stores nothing)
  --seconds 5      how long each sample measures
  --repeats 3      samples a cell; the median counts
  --full           also the items that take long
  --json FILE      where the samples go (default bench/results/latest.json)
  --dir DIR        where the servers keep their data; must be a real disk
  --no-install     never install ejabberd`

export type Options = {
  items: typeof items
  targets: readonly TargetKey[]
  seconds: number
  repeats: number
  json: string | undefined
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
      install: { type: 'boolean', default: true },
    },
    allowNegative: true,
  })
  const wantedItems = values.items?.split(',')
  const wantedTargets = values.targets?.split(',')
  const unknown = [
    ...(wantedItems ?? []).filter((key) => !items.some((item) => item.key === key)),
    ...(wantedTargets ?? []).filter((key) => !targetKeys.some((known) => known === key)),
  ]
  if (unknown.length > 0) throw new Error(`unknown: ${unknown.join(', ')}`)
  return {
    items: items.filter((item) => wantedItems?.includes(item.key) ?? (values.full || !item.fullOnly)),
    targets: targetKeys.filter((key) => wantedTargets?.includes(key) ?? true),
    seconds: within(values.seconds, 1, 60, '--seconds'),
    repeats: within(values.repeats, 1, 20, '--repeats'),
    json: values.json,
    dir: values.dir,
    install: values.install ? 'install' : 'never',
  }
}

function within(text: string, least: number, most: number, name: string): number {
  const value = Number(text)
  if (!(value >= least && value <= most)) throw new Error(`${name} must be ${least} to ${most}`)
  return value
}
