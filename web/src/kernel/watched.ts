/** A value that can be watched, as React's `useSyncExternalStore` wants it. */
export type Watched<T> = {
  get: () => T
  set: (value: T) => void
  watch: (listener: () => void) => () => void
}

export function watched<T>(first: T): Watched<T> {
  let value = first
  const listeners = new Set<() => void>()
  return {
    get: () => value,
    set: (next) => {
      if (Object.is(next, value)) return
      value = next
      for (const listener of listeners) listener()
    },
    watch: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}
