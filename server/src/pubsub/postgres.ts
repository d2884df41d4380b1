import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { Client } from 'pg'
import { placeOf, readAddress, type PostgresAddress } from '../store/postgres/address.ts'
import { connectPostgres } from '../store/postgres/connect.ts'
import { NoPassword } from '../store/postgres/mistakes.ts'
import { openCarried } from './carried.ts'
import type { Session } from './connection.ts'
import { PACKET_OVERHEAD } from './packets.ts'
import { PubSubAway, PubSubUnusable, type PubSub, type Report } from './pubsub.ts'

/** PostgreSQL refuses 8,000 bytes. */
const LONGEST_NOTE = 7999
const CHANNEL = 'connectly'
const END_LIMIT = 200

/** One statement at a time: each takes a lock of the whole cluster for a moment, and what waits leaves with the next. */
const bounds = { longest: LONGEST_NOTE - PACKET_OVERHEAD, packet: LONGEST_NOTE, together: 32, unanswered: 1 }

/** Many notes in one statement; those that are alike would become one, but no two packets are. */
const SAY = 'select pg_notify($1, note) from unnest($2::text[]) note'

/**
 * Messages by PostgreSQL's NOTIFY on two connections of their own, for a few processes without Redis; texts are short
 * and there are no queues. NOTIFY reaches who listens in the same database. A server that is away is reported and tried
 * again; throws `PubSubUnusable` where the address, the password or the rights are wrong.
 */
export async function openNotify(url: string, report: Report = () => undefined): Promise<PubSub> {
  const address = addressOf(url)
  const id = randomUUID()
  const openNotes = (on: Listening) => openSession(address, id, on)
  const { pubsub } = await openCarried({ id, setting: 'DATABASE_URL', bounds, report, openSession: openNotes })
  return { ...pubsub, queues: null }
}

function addressOf(url: string): PostgresAddress {
  try {
    return readAddress(url)
  } catch (error) {
    throw new PubSubUnusable((error as Error).message)
  }
}

type Listening = { heard: (packet: string) => void; lost: (why: Error) => void }

/** One connection that listens and one that speaks; the loss of either is the loss of both. */
function openSession(address: PostgresAddress, id: string, on: Listening): Session {
  const pulses = `${CHANNEL}_${id.replaceAll('-', '')}`
  const connecting = [connectPostgres(address), connectPostgres(address, { pipeline: true })] as const
  let speaker: Client | undefined
  let answered: (() => void)[] = []
  let isEnding = false

  const connect = async () => {
    const [listener, spoken] = await Promise.all(connecting)
    for (const client of [listener, spoken]) {
      client.on('error', () => undefined)
      client.on('end', () => isEnding || on.lost(new PubSubAway(`${placeOf(address)} ended the connection.`)))
    }
    listener.on('notification', ({ channel, payload = '' }) => {
      if (channel === CHANNEL) return on.heard(payload)
      for (const answer of answered.splice(0)) answer()
    })
    await listener.query(`listen ${CHANNEL}`)
    await listener.query(`listen ${pulses}`)
    speaker = spoken
  }
  const say = async (channel: string, notes: readonly string[]) => {
    if (!speaker || isEnding) throw new PubSubAway('There is no connection.')
    await speaker.query({ name: 'say', text: SAY, values: [channel, notes] })
  }

  return {
    silence: `No message comes back from PostgreSQL at ${placeOf(address)}. Is there a pooler between, in transaction mode? Messages between processes need a session.`,
    ready: connect().catch((error: unknown) => Promise.reject(explain(error as Error))),
    send: (packets) => say(CHANNEL, packets),
    pulse: () =>
      new Promise<void>((done, fail) => {
        answered.push(done)
        say(pulses, ['']).catch(fail)
      }),
    end: async () => {
      isEnding = true
      answered = []
      const ended = Promise.all(connecting.map((client) => client.then(end, () => undefined)))
      // A connection that has been waiting for a silent server ends by itself, as soon as it gives up.
      await Promise.race([ended, pause(2 * END_LIMIT, undefined, { ref: false })])
    },
  }
}

/** Only an operator can help where the server refuses who asks, or cannot be trusted; the rest may pass by itself. */
function explain(error: Error): PubSubUnusable | PubSubAway {
  if (error instanceof PubSubAway) return error
  const { cause } = error as { cause?: { code?: string; message?: string } }
  const isRefusal =
    cause instanceof NoPassword ||
    /^(28...|3D000|42501)$|CERT|UNABLE_TO|^ERR_(TLS|SSL)/.test(cause?.code ?? '') ||
    /does not support SSL/.test(cause?.message ?? '')
  return isRefusal ? new PubSubUnusable(error.message) : new PubSubAway(error.message)
}

/** Says goodbye; a server that does not answer is left all the same. */
async function end(client: Client): Promise<void> {
  const impatience = setTimeout(() => client.connection.stream.destroy(), END_LIMIT)
  await client.end()
  clearTimeout(impatience)
}
