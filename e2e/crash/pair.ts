import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Socket } from 'socket.io-client'
import {
  createGroup,
  messageSent,
  pageMessages,
  roomPlace,
  sendMessage,
  type LocalId,
  type Message,
  type RoomId,
} from '@connectly/protocol'
import { addPerson, befriend, newId, personAt, type TestPerson } from '@connectly/server/test-kit'
import { openStore } from '../../server/src/store/open.ts'
import { HANGS, until } from './ends.ts'
import { openServices, type Services } from './services.ts'
import { createSupervisor, freePort, type Supervisor } from './supervisor.ts'

/** A person at the first server, and at the second. */
export type Both = readonly [TestPerson, TestPerson]
export type Seat = Awaited<ReturnType<TestPerson['connect']>>

/** Two server processes on one PostgreSQL and one Redis, and people who know both. */
export type Pair = {
  services: Required<{ [K in keyof Services]: NonNullable<Services[K]> }>
  servers: readonly [Supervisor, Supervisor]
  /** A new person with a session. */
  person: (username: string) => Promise<Both>
  close: () => Promise<void>
}

export async function openPair(): Promise<Pair> {
  const dataDir = mkdtempSync(join(tmpdir(), 'connectly-pair-'))
  const services = await openServices({ postgres: true, redis: true })
  const { databaseUrl, redisUrl } = services
  const open = async (from: number) =>
    createSupervisor({ dataDir, port: await freePort(from), bug: null, databaseUrl, redisUrl })
  const from = 15_000 + ((37 * process.pid) % 14_000)
  const servers = [await open(from), await open(from + 500)] as const
  for (const server of servers) await server.start(HANGS)
  const store = await openStore({ dataDir, databaseUrl, mongodbUri: null })
  const sockets: Socket[] = []
  return {
    services: services as Pair['services'],
    servers,
    person: async (username) => {
      const { userId, token } = await addPerson(store, username)
      const [first, second] = servers
      return [personAt(first.url, userId, token, sockets), personAt(second.url, userId, token, sockets)]
    },
    close: async () => {
      for (const socket of sockets) socket.disconnect()
      await Promise.all(servers.map((server) => server.end('SIGKILL')))
      await store.close()
      await services.close()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

/** A room of three, and what its tests ask of it. */
export async function openRoom(pair: Pair) {
  const [owner, ben, cleo] = [await pair.person('owner'), await pair.person('ben'), await pair.person('cleo')]
  for (const [other] of [ben, cleo]) await befriend(owner[0], other)
  const userIds = [ben[0].userId, cleo[0].userId]
  const { roomId } = await owner[0].ask(createGroup, { localId: newId<LocalId>(), name: 'Both', userIds })
  return {
    owner,
    ben,
    cleo,
    roomId,
    /** The texts that a seat heard, in the order it heard them. */
    heard: (seat: Seat): string[] =>
      seat.heard(roomPlace(roomId)).flatMap(({ name, data }) => {
        const { message } = data as { message?: Message }
        return name === messageSent.name && message && 'text' in message.body ? [message.body.text] : []
      }),
    /** What stands in the room with this text, as the second server reads it. */
    copiesOf: async (text: string): Promise<Message[]> => {
      const { messages } = await owner[1].ask(pageMessages, { roomId, limit: 50 })
      return messages.filter(({ body }) => 'text' in body && body.text === text)
    },
  }
}

export const textOf = (roomId: RoomId, text: string) => ({
  roomId,
  localId: newId<LocalId>(),
  body: { kind: 'text' as const, text },
})

/** Says it until it is taken, by the same key. */
export async function sayAtLast(seat: Seat, message: ReturnType<typeof textOf>): Promise<Message> {
  let answer = await seat.tries(sendMessage, message)
  await until(async () => answer.ok || (answer = await seat.tries(sendMessage, message)).ok, 'it is taken')
  if (!answer.ok) throw new Error(`it was refused: ${answer.refusal.code}`)
  return answer.value
}
