import type { Figures } from './items/item.ts'
import { median } from './stats.ts'
import type { TargetKey } from './target.ts'

export type Sample = { item: string; target: TargetKey; repeat: number; figures: Figures; version: string }
export type Failure = { item: string; target: TargetKey; repeat: number; why: string }

/** The median of one figure over a cell's samples; undefined where there are none. */
export function figureOf(
  samples: readonly Sample[],
  item: string,
  target: TargetKey,
  figure: string,
): number | undefined {
  const values = samples
    .filter((sample) => sample.item === item && sample.target === target)
    .flatMap((sample) => sample.figures[figure] ?? [])
  return values.length === 0 ? undefined : median(values)
}
