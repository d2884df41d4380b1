import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import type { RunningTarget, Scene, Target, TargetKey } from '../target.ts'

/** What one sample found, by name. */
export type Figures = Record<string, number>

export type Sampling = {
  target: Target
  /** A fresh directory on disk. */
  dir: string
  seconds: number
  /** Told what exactly was measured. */
  ran: (version: string) => void
}

export type Item = {
  key: string
  title: string
  targets: readonly TargetKey[]
  /** Repeats of this item, where it repeats itself inside. */
  repeats?: number
  /** What its rows are called, where that is not the target's key. */
  rows?: Partial<Record<TargetKey, string>>
  /** Is both the load and what is measured: has all CPUs. */
  sharesCpus?: true
  /** Left out unless --full is given. */
  fullOnly?: true
  sample(sampling: Sampling): Promise<Figures>
}

/** So many rooms of so many, numbered through. */
export function rooms(count: number, size: number, more: Partial<Scene> = {}): Scene {
  const members = Array.from({ length: count }, (_, room) => Array.from({ length: size }, (__, i) => room * size + i))
  return { people: count * size, rooms: members, direct: false, backlog: 0, ...more }
}

/** Runs a server for as long as `work` needs it. */
export async function withServer<T>(
  { target, dir, ran }: Sampling,
  scene: Scene,
  work: (running: RunningTarget) => Promise<T>,
): Promise<T> {
  const running = await target.start(scene, mkdtempSync(join(dir, `${target.key}-`)))
  ran(running.version)
  try {
    return await work(running)
  } finally {
    await running.stop()
  }
}
