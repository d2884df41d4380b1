import type { Signal } from '@connectly/protocol'

/** What is said once and never stored, to whoever in the page listens. */
export type Signals = {
  hear(name: string, data: unknown): void
  on<S extends Signal>(signal: S, listener: (data: SignalData<S>) => void): () => void
}

/** What a signal says. */
export type SignalData<S> = S extends Signal<infer Data> ? Data['_zod']['output'] : never

export function createSignals(): Signals {
  const listeners = new Map<string, Set<(data: never) => void>>()
  return {
    hear: (name, data) => {
      for (const listener of listeners.get(name) ?? []) listener(data as never)
    },
    on: (signal, listener) => {
      const set = listeners.get(signal.name) ?? new Set()
      listeners.set(signal.name, set)
      set.add(listener)
      return () => void set.delete(listener)
    },
  }
}
