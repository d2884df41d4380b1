export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2
}

export type Histogram = {
  record(ms: number): void
  /** In ms, to about 2 %; NaN when nothing was recorded. */
  at(quantile: number): number
  count(): number
  reset(): void
  /** What was recorded, for `add` of another histogram, also in another process. */
  counts(): number[]
  add(counts: readonly number[]): void
}

const FLOOR_MS = 0.01
const STEP = Math.log(1.02)

/** Latencies in buckets that grow by 2 %: a million of them cost no memory. */
export function createHistogram(): Histogram {
  const buckets = new Uint32Array(1024)
  let count = 0
  return {
    record(ms) {
      const bucket = ms <= FLOOR_MS ? 0 : Math.min(1023, Math.ceil(Math.log(ms / FLOOR_MS) / STEP))
      buckets[bucket] = (buckets[bucket] ?? 0) + 1
      count++
    },
    at(quantile) {
      const wanted = Math.ceil(count * quantile)
      let seen = 0
      for (const [bucket, held] of buckets.entries()) {
        seen += held
        if (held > 0 && seen >= wanted) return FLOOR_MS * Math.exp(bucket * STEP)
      }
      return NaN
    },
    count: () => count,
    reset() {
      buckets.fill(0)
      count = 0
    },
    counts: () => [...buckets],
    add(counts) {
      for (const [bucket, more] of counts.entries()) {
        buckets[bucket] = (buckets[bucket] ?? 0) + more
        count += more
      }
    },
  }
}
