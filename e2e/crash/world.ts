import { randomUUID } from 'node:crypto'
import { createGroup, pageMessages, roomPlace } from '@connectly/protocol'
import type { Answer, LocalId, Message, MessagePage, RoomId } from '@connectly/protocol'
import { befriend, startServer, type TestPerson } from '@connectly/server/test-kit'
import { placeTable } from '../../server/src/store/log-tables.ts'
import type { FinalRoom } from './history.ts'
import { between, shuffled, type Random } from './random.ts'

type Citizen = Pick<TestPerson, 'userId' | 'token'> & { name: string }
type WorldRoom = { roomId: RoomId; name: string; members: Citizen[]; startedAt: number }

/** Who is there when the load begins, and the rooms they write in. */
export type World = { people: Citizen[]; rooms: WorldRoom[] }

const DIRECT_ROOMS = 4

/** Fills a new store with people, their groups and direct rooms, through the real server. */
export async function foundWorld(
  where: { dataDir: string; databaseUrl: string | null },
  size: { people: number; groups: number },
  random: Random,
): Promise<World> {
  const { dataDir, databaseUrl } = where
  const server = await startServer({ dataDir, ...(databaseUrl && { config: { databaseUrl } }) })
  try {
    const people: (TestPerson & { name: string })[] = []
    for (let nth = 0; nth < size.people; nth++) {
      const name = `person${nth}`
      people.push({ ...(await server.person(name)), name })
    }
    const direct = new Map<string, WorldRoom>()
    const rooms: WorldRoom[] = []
    for (let nth = 0; nth < size.groups; nth++) {
      const owner = people[nth % people.length] as (typeof people)[number]
      const [regulars, guests] = [people.filter((_, at) => at % size.groups === nth), shuffled(random, people)]
      const members = new Set([owner, ...regulars, ...guests.slice(0, between(random, 2, Math.ceil(size.people / 3)))])
      const others = [...members].filter((person) => person !== owner)
      for (const other of others) {
        const pair = [owner.name, other.name].sort().join(' and ')
        if (direct.has(pair)) continue
        const roomId = await befriend(owner, other)
        direct.set(pair, { roomId, name: pair, members: [owner, other], startedAt: 0 })
      }
      const name = `group ${nth}`
      const input = { localId: randomUUID() as string as LocalId, name, userIds: others.map((other) => other.userId) }
      const { roomId } = await owner.ask(createGroup, input)
      rooms.push({ roomId, name, members: [owner, ...others], startedAt: 0 })
    }
    rooms.push(...shuffled(random, [...direct.values()]).slice(0, DIRECT_ROOMS))
    const places = await server.app.store.find(placeTable, { limit: 10_000 })
    const seqs = new Map(places.map(({ place, seq }) => [place, seq]))
    for (const room of rooms) room.startedAt = seqs.get(roomPlace(room.roomId)) ?? 0
    return { people: people.map(({ userId, token, name }) => ({ userId, token, name })), rooms }
  } finally {
    await server.stop()
  }
}

/**
 * Everything that was said, page by page over HTTP: from the newest back by one member from one server, from the oldest
 * on by another from the other.
 */
export async function readRooms([one, other]: readonly [string, string], { rooms }: World): Promise<FinalRoom[]> {
  const read: FinalRoom[] = []
  for (const { roomId, name, members, startedAt } of rooms) {
    const [first, last] = [members[0], members.at(-1)]
    const backward: Message[] = []
    const forward: Message[] = []
    for (let before: number | undefined; ;) {
      const page = await pageOf(one, first?.token ?? '', {
        roomId,
        limit: 200,
        ...(before !== undefined && { before }),
      })
      backward.unshift(...page.messages)
      before = page.messages[0]?.seq
      if (!page.older || before === undefined) break
    }
    for (let after = 0; ;) {
      const page = await pageOf(other, last?.token ?? '', { roomId, limit: 200, after })
      forward.push(...page.messages)
      after = page.messages.at(-1)?.seq ?? after
      if (!page.newer || page.messages.length === 0) break
    }
    read.push({ roomId, name, startedAt, backward, forward })
  }
  return read
}

async function pageOf(url: string, token: string, input: object): Promise<MessagePage> {
  const response = await fetch(`${url}/api/${pageMessages.name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(input),
  })
  const answer = (await response.json()) as Answer<MessagePage>
  if (!answer.ok) throw new Error(`a page was refused: ${answer.refusal.code}`)
  return answer.value
}
