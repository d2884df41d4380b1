import {
  createGroup,
  listMembers,
  sendMessage,
  type Answer,
  type LocalId,
  type Member,
  type Role,
  type RoomId,
  type UserId,
} from '@connectly/protocol'
import type { Table } from '../../store/table.ts'
import { befriend, newId, type TestPerson, type TestServer } from '../../test-kit.ts'

/* What the tests of rooms share: groups of people, and reads that are held up. */

/** People of a server, named after the test file they are in. */
export function roomsKit(name: string, server: () => TestServer) {
  let people = 0
  const somebody = () => server().person(`${name}-${++people}`)

  return {
    somebody,

    /** A group of an owner and this many contacts of theirs. */
    crew: async (size: number) => {
      const owner = await somebody()
      const others = await Promise.all(Array.from({ length: size }, somebody))
      for (const other of others) await befriend(owner, other)
      const { roomId } = await owner.ask(createGroup, group('Crew', others))
      return { owner, others, roomId }
    },
  }
}

/** Holds the next read of this table up, after it was made, until it is let go; whoever reads meanwhile is not held. */
export function holdRead<Row>(server: TestServer, held: Table<Row>) {
  const { store } = server.app
  const [get, find] = [store.get.bind(store), store.find.bind(store)]
  const [made, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const wait = async (table: { name: string }) => {
    if (table.name !== held.name) return
    Object.assign(store, { get, find })
    made.resolve()
    await released.promise
  }
  store.get = async (table, key) => {
    const row = await get(table, key)
    await wait(table)
    return row
  }
  store.find = async (table, query) => {
    const rows = await find(table, query)
    await wait(table)
    return rows
  }
  return { made: made.promise, release: released.resolve }
}

export const group = (name: string, members: readonly TestPerson[]) => ({
  localId: newId<LocalId>(),
  name,
  userIds: members.map((member) => member.userId),
})

export const say = (person: TestPerson, roomId: RoomId, text: string) =>
  person.ask(sendMessage, { roomId, localId: newId<LocalId>(), body: { kind: 'text', text } })

export const rolesOf = (members: readonly Member[]): Record<UserId, Role> =>
  Object.fromEntries(members.map(({ seat }) => [seat.userId, seat.role]))

/** The roles in a group, as this member sees them. */
export const rolesSeenBy = async (person: TestPerson, roomId: RoomId): Promise<Record<UserId, Role>> =>
  rolesOf(await person.ask(listMembers, { roomId }))

export const codeOf = (answer: Answer<unknown>): string => (answer.ok ? 'ok' : answer.refusal.code)
