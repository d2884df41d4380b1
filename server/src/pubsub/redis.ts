import { randomUUID } from 'node:crypto'
import { Redis, type RedisOptions } from 'ioredis'
import { openCarried } from './carried.ts'
import type { Session } from './connection.ts'
import type { PubSub, Report } from './pubsub.ts'
import { readRedisAddress, type RedisAddress } from './redis-address.ts'
import { explain, silence } from './redis-faults.ts'
import { connectorTo } from './redis-socket.ts'
import { createRedisQueues, defineQueueScripts, tryQueues } from './redis-queues.ts'

const bounds = { longest: 1024 * 1024, packet: 64 * 1024, together: 16, unanswered: 16 }

/**
 * Messages by Redis pub/sub on one channel, queues in its sorted sets, all under `connectly:`. Installations that share a
 * Redis need a database number each. A Redis that is away is reported and tried again; throws `PubSubUnusable` where the
 * address, the password or the rights are wrong.
 */
export async function openRedis(url: string, report: Report = () => undefined): Promise<PubSub> {
  const address = readRedisAddress(url)
  const id = randomUUID()
  const { pubsub, session } = await openCarried({
    id,
    setting: 'REDIS_URL',
    bounds,
    report,
    openSession: (on) => openSession(address, id, on),
  })
  return { ...pubsub, queues: createRedisQueues(() => session()?.teller) }
}

type RedisSession = Session & { teller: Redis }

/** Two connections, as one that listens can do nothing else; the loss of either is the loss of both. */
function openSession(
  address: RedisAddress,
  id: string,
  on: { heard: (packet: string) => void; lost: (why: Error) => void },
): RedisSession {
  const [said, pulses] = [`connectly:${address.db}:said`, `connectly:${address.db}:pulse:${id}`]
  const teller = new Redis(optionsFor(address, `connectly:${id}:tells`))
  const listener = new Redis(optionsFor(address, `connectly:${id}:hears`))
  const clients = [teller, listener]
  let answered: (() => void)[] = []
  let isEnding = false

  defineQueueScripts(teller)
  listener.on('message', (channel: string, text: string) => {
    if (channel === said) return on.heard(text)
    for (const answer of answered.splice(0)) answer()
  })

  let cause: Error | undefined
  for (const client of clients) {
    client.on('error', (error: Error) => (cause ??= error))
    client.on('close', () => isEnding || on.lost(explain(cause, address)))
  }
  const connect = async () => {
    await Promise.all(clients.map((client) => client.connect()))
    // A database that is not there is an error event only, and the connection goes on in another one.
    if (cause) throw cause
    await listener.subscribe(said, pulses)
    await tryQueues(teller, id)
  }

  return {
    teller,
    silence: silence(address),
    ready: connect().catch((error: unknown) => Promise.reject(explain(cause ?? error, address))),
    send: (packets) => Promise.all(packets.map((packet) => teller.publish(said, packet))),
    pulse: () =>
      new Promise<void>((done, fail) => {
        answered.push(done)
        teller.publish(pulses, '').catch((error: unknown) => fail(explain(error, address)))
      }),
    end: async () => {
      isEnding = true
      answered = []
      await Promise.all(clients.map(end))
    },
  }
}

function optionsFor(address: RedisAddress, connectionName: string): RedisOptions {
  const { db, username, password, tls } = address
  return {
    Connector: connectorTo(address),
    db,
    ...(username && { username }),
    ...(password && { password }),
    ...(tls && { tls }),
    protocol: 2,
    connectionName,
    disableClientInfo: true,
    lazyConnect: true,
    enableReadyCheck: false,
    enableOfflineQueue: false,
    autoResubscribe: false,
    autoResendUnfulfilledCommands: false,
    retryStrategy: () => null,
    connectTimeout: 2000,
  }
}

async function end(client: Redis): Promise<void> {
  if (client.status === 'end') return
  const ended = new Promise((done) => client.once('end', done))
  client.disconnect()
  await ended
}
