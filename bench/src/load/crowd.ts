import type { Connection, RunningTarget, Scene } from '../target.ts'
import type { Tally } from './tally.ts'

/** Connects people `from..to)`, so many at once, in order of their numbers. */
export async function connectPeople(
  running: RunningTarget,
  from: number,
  to: number,
  heard: (receiver: number, sender: number, n: number) => void,
  signalled: (receiver: number, name: string) => void = () => {},
): Promise<Connection[]> {
  const connections: Connection[] = []
  let next = from
  async function connectSome() {
    while (next < to) {
      const person = next++
      connections[person - from] = await running.connect(
        person,
        (sender, n) => heard(person, sender, n),
        (name) => signalled(person, name),
      )
    }
  }
  await Promise.all(Array.from({ length: 20 }, connectSome))
  return connections
}

export function connectCrowd(running: RunningTarget, scene: Scene, tally: Tally): Promise<Connection[]> {
  return connectPeople(running, 0, scene.people, (receiver, sender, n) => tally.heard(receiver, sender, n))
}
