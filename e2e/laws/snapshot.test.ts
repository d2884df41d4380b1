import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { registry, userPlace, type Head, type LoggedEvent } from '@connectly/protocol'
import { features } from '../../server/src/features/features.ts'
import { placeTable } from '../../server/src/store/log-tables.ts'
import { startServer, type TestServer } from '../../server/src/test-kit.ts'
import { slices } from '../../web/src/features/slices.ts'
import { between, oneOf, seeded, type Random } from '../crash/random.ts'
import { until } from './replica-device.ts'
import { assertSame } from './snapshot-same.ts'
import { unhurried } from './snapshot-server.ts'
import { castOf, happening, type Character } from './snapshot-story.ts'
import { allEvents, caughtUp, headsOf, hear, heardUpTo, knownFrom, reopened } from './snapshot-watch.ts'
import type { Heads, Known } from './snapshot-watch.ts'

/* SNAPSHOT_SEED and SNAPSHOT_STORIES tell other stories, or one again. */
const FIRST_SEED = Number(process.env['SNAPSHOT_SEED'] ?? 1)
const STORIES = Number(process.env['SNAPSHOT_STORIES'] ?? 80)

let server: TestServer
let epoch: string
const covered = new Set<string>()

before(async () => {
  server = await startServer({ features: unhurried })
  const somebody = await server.person('first')
  epoch = (await somebody.connect()).opened.epoch
})
after(() => server.stop())

test('[OP6] every feature that adds to a head has a slice of its name, and every slice a feature', () => {
  const named = (place: 'room' | 'user') => ({
    ofServer: features.filter((feature) => feature.snapshots?.[place]).map((feature) => feature.name),
    ofClient: slices.filter((slice) => slice.place === place).map((slice) => slice.name),
  })

  const [room, user] = [named('room'), named('user')]

  assert.deepEqual(room.ofClient.toSorted(), room.ofServer.toSorted(), 'in the head of a room')
  assert.deepEqual(user.ofClient.toSorted(), user.ofServer.toSorted(), 'in the head of a person')
})

test('[OP6] every event that a slice follows is one that the protocol knows', () => {
  const followed = slices.flatMap((slice) => Object.keys(slice.events).map((name) => ({ name, place: slice.place })))

  const wrong = followed.filter(({ name, place }) => registry.events.get(name)?.place !== place)

  assert.deepEqual(wrong, [])
})

test(`[OP6] ${STORIES} stories: a head and the events after it give the later head, live and caught up`, async (t) => {
  const seeds = Array.from({ length: STORIES }, (_, nth) => FIRST_SEED + nth)
  let compared = 0

  while (seeds.length > 0)
    await Promise.all(
      seeds.splice(0, 4).map(async (seed) => {
        try {
          compared += await story(seeded(seed))
        } catch (error) {
          throw new Error(`SNAPSHOT_SEED=${seed} SNAPSHOT_STORIES=1 tells it again`, { cause: error })
        }
      }),
    )

  t.diagnostic(`${compared} states compared; events: ${[...covered].toSorted().join(', ')}`)
})

test('[OP6] the stories produced every event there is', () => {
  const missing = [...registry.events.keys()].filter((name) => !covered.has(name))

  assert.deepEqual(missing, [])
})

/** A story: deeds in bursts, heads taken between and amid them, and all of them compared with later ones. */
async function story(random: Random): Promise<number> {
  const cast = await castOf(server, between(random, 2, 5))
  const early: { who: Character; heads: Heads; known: Known; read: number }[] = []
  const begin = async (who: Character) => {
    const heads = await headsOf(who.person, who.seat)
    early.push({ who, heads, known: knownFrom(heads), read: 0 })
  }
  await Promise.all(cast.map(begin))
  let compared = 0

  for (let burst = between(random, 6, 14); burst > 0; burst--) {
    const deeds = Array.from({ length: between(random, 1, 4) }, () => happening(random, cast))
    if (random() < 0.4) deeds.push(begin(oneOf(random, cast)))
    await Promise.all(deeds)
    if (burst > 1 && random() < 0.75) continue

    await reactionsSettled(cast)
    for (const who of cast) {
      const later = await headsOf(who.person, who.seat)
      for (const head of [later.me, ...later.rooms.values()]) assertSlicesNamed(head)
      await heardUpTo(who.seat, later)
      const mine = early.filter((each) => each.who === who)
      for (const each of mine) {
        for (const frame of who.seat.frames.slice(each.read)) hear(each.known, who.person.userId, frame)
        each.read = who.seat.frames.length
        assertSame(each.known, later, 'live')
      }
      const { heads } = oneOf(random, mine)
      assertSame(await caughtUp(who.person, who.seat, epoch, heads), later, 'caught up place by place')
      assertSame(await reopened(who.person, epoch, heads), later, 'caught up by an opening')
      compared += mine.length + 2
      if (burst === 1) for (const event of await allEvents(who.seat, later)) note(event)
    }
    for (const who of cast) if (random() < 0.5) await begin(who)
  }
  for (const who of cast) who.seat.socket.disconnect()
  return compared
}

/** A new name travels to the rooms of who bears it by a reaction, after the answer. */
async function reactionsSettled(cast: readonly Character[]): Promise<void> {
  const where = { place: { in: cast.map(({ person }) => userPlace(person.userId)) }, unreacted: true }
  await until(async () => (await server.app.store.count(placeTable, where, 1)) === 0, 'all reactions are done')
}

/** An event that a story produced: one that the protocol knows, in its shape. */
function note({ name, data }: LoggedEvent): void {
  const type = registry.events.get(name)
  assert.ok(type, `${name} is not in the registry`)
  type.data.parse(data)
  covered.add(name)
}

function assertSlicesNamed(head: Head): void {
  const kind = head.place.startsWith('room:') ? 'room' : 'user'
  const mine = slices.filter((slice) => slice.place === kind).map((slice) => slice.name)
  assert.deepEqual(Object.keys(head.slices).toSorted(), mine.toSorted(), `slices of ${kind}`)
}
