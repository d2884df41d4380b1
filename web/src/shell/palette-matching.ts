import { foldText } from '@connectly/protocol'

/** Something the palette may offer, by the names it goes by: the first is the one that shows. */
export type Findable = { names: readonly string[] }

/**
 * What fits, the best first: names that begin so, then names with a word that does, then names that hold it somewhere.
 * Case and accents make no difference; among equals the order stays.
 */
export function matching<T extends Findable>(things: readonly T[], query: string): T[] {
  const wanted = foldText(query.trim().replace(/^@/, ''))
  if (wanted === '') return [...things]
  return things
    .map((thing) => ({ thing, rank: Math.min(...thing.names.map((name) => rankOf(foldText(name), wanted))) }))
    .filter(({ rank }) => rank < Infinity)
    .sort((a, b) => a.rank - b.rank)
    .map(({ thing }) => thing)
}

function rankOf(name: string, wanted: string): number {
  if (name === wanted) return 0
  if (name.startsWith(wanted)) return 1
  if (name.includes(` ${wanted}`)) return 2
  return name.includes(wanted) ? 3 : Infinity
}

/** Where the matched letters of a name stand, so that they can be marked; `null` where folding moved them. */
export function markedPart(name: string, query: string): { start: number; end: number } | null {
  const wanted = foldText(query.trim().replace(/^@/, ''))
  const folded = foldText(name)
  if (wanted === '' || folded.length !== name.length) return null
  const start = folded.startsWith(wanted) ? 0 : folded.includes(` ${wanted}`) ? folded.indexOf(` ${wanted}`) + 1 : -1
  const found = start >= 0 ? start : folded.indexOf(wanted)
  return found >= 0 ? { start: found, end: found + wanted.length } : null
}

/** The row after an arrow key among `count`, around the ends. */
export function rowAfter(row: number, key: string, count: number): number | null {
  if (count === 0) return null
  switch (key) {
    case 'ArrowDown':
      return (row + 1) % count
    case 'ArrowUp':
      return (row - 1 + count) % count
    default:
      return null
  }
}
