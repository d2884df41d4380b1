import { features } from '../../server/src/features/features.ts'
import type { Feature } from '../../server/src/kernel/feature.ts'

/** Lets whatever else is under way go on first. */
const turn = () => new Promise<void>((done) => setImmediate(done))

/**
 * The features as they are on an engine that takes its time: others commit while a head or a catch-up is read, so its
 * slices know more than its number says.
 */
export const unhurried: readonly Feature[] = features.map((feature): Feature => {
  const { snapshots, fills, lines } = feature
  const { room, user } = snapshots ?? {}
  return {
    ...feature,
    ...(snapshots && {
      snapshots: {
        ...(room && { room: async (...args) => (await turn(), room(...args)) }),
        ...(user && { user: async (...args) => (await turn(), user(...args)) }),
      },
    }),
    ...(lines && { lines: async (...args) => (await turn(), lines(...args)) }),
    ...(fills && {
      fills: fills.map((each) => ({ ...each, run: async (...args) => (await turn(), each.run(...args)) })),
    }),
  }
})
