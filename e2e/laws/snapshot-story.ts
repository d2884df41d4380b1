import type { Answer } from '@connectly/protocol'
import type { TestPerson, TestServer } from '../../server/src/test-kit.ts'
import { oneOf, type Random } from '../crash/random.ts'
import { acquaintance, deedOf } from './snapshot-deeds.ts'
import { beginWatch, type Watch } from './snapshot-watch.ts'

/** One person of a story: what they ask, and what their screen shows. */
export type Character = { person: TestPerson; seat: Awaited<ReturnType<TestPerson['connect']>>; watch: Watch }

/** Codes a story may run into; any other is a fault. */
const expected = new Set([
  'AlreadyConnected',
  'AlreadyAsked',
  'RequestClosed',
  'NotAContact',
  'LastOwner',
  'MessageDeleted',
  'YouBlocked',
  'NotFound',
  'NotAllowed',
  'Busy',
])

let told = 0

/** People who do not know each other yet, each with a screen that is open. */
export async function castOf(server: TestServer, size: number): Promise<Character[]> {
  const story = ++told
  return Promise.all(
    Array.from({ length: size }, async (_, nth) => {
      const person = await server.person(`story-${story}-${nth}`)
      const seat = await person.connect()
      return { person, seat, watch: beginWatch(person.userId, seat) }
    }),
  )
}

/** Something that somebody does, going by what their own screen shows. What they cannot do, they are refused. */
export async function happening(random: Random, cast: readonly Character[]): Promise<void> {
  const who = oneOf(random, cast)
  const everybody = cast.map(({ person }) => person.userId)
  const me = who.person.userId
  const deed = deedOf(random, me, everybody, who.watch.shows())
  const [method, input] = deed ?? acquaintance(random, me, everybody)
  const { tries } = random() < 0.5 ? who.seat : who.person
  const answer: Answer<unknown> = await tries(method, input)
  if (!answer.ok && !expected.has(answer.refusal.code)) throw new Error(`${method.name}: ${answer.refusal.code}`)
}
