import { rmSync } from 'node:fs'
import type { LimitTable } from './kernel/limits.ts'
import { createHub, type Hub } from './pubsub/memory.ts'
import type { PubSub } from './pubsub/pubsub.ts'
import { newDatabase } from './store/postgres/kit.ts'
import { startServer, type TestPerson, type TestServer } from './test-kit.ts'

/* Several servers on one database, in one process: for tests of what they tell each other. */

export type Cluster = {
  servers: readonly [TestServer, TestServer]
  hub: Hub
  /** Messages between the servers that are lost while this says so, by topic. */
  losing: { topic: (topic: string) => boolean }
  /** A person with a session on both. */
  person(username: string): Promise<readonly [TestPerson, TestPerson]>
  stop(): Promise<void>
}

export async function startCluster(
  options: {
    /** How each of them reaches the others; through memory unless it is said. */
    pubsub?: (databaseUrl: string) => Promise<PubSub>
    limits?: Partial<LimitTable>
  } = {},
): Promise<Cluster> {
  const { url, drop } = await newDatabase()
  const hub = createHub()
  const losing = { topic: (_topic: string) => false }
  const open = async (): Promise<TestServer> => {
    const pubsub = await (options.pubsub?.(url) ?? hub.open())
    const lossy: PubSub = { ...pubsub, say: (topic, text) => losing.topic(topic) || pubsub.say(topic, text) }
    return startServer({
      config: { databaseUrl: url },
      pubsub: lossy,
      ...(options.limits && { limits: options.limits }),
    })
  }
  const servers = [await open(), await open()] as const
  return {
    servers,
    hub,
    losing,
    person: async (username) => {
      const one = await servers[0].person(username)
      return [one, servers[1].again(one.userId, one.token)]
    },
    stop: async () => {
      for (const server of servers) {
        await server.stop()
        rmSync(server.dataDir, { recursive: true, force: true })
      }
      await drop()
    },
  }
}
