import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { askToTalk, createGroup, listSessions, sendMessage, type LocalId, type RoomId } from '@connectly/protocol'
import { befriend, newId, roomyLimits, startServer, type TestPerson } from '@connectly/server/test-kit'
import type { Actor } from './packets.ts'

/*
 * The server that is fuzzed, in a process of its own, and the people it is fuzzed as. The parent asks over the channel
 * between the two processes, and hears every line of the log that speaks of a fault.
 */

/** What packets name: ids, tokens, addresses. */
export type Things = Record<string, string>
export type Order = { id: number } & ({ order: 'world'; actor: Actor } | { order: 'neighbours' } | { order: 'weigh' })
export type Reply =
  | { kind: 'started'; url: string }
  | { kind: 'done'; id: number; value: Things }
  | { kind: 'failed'; id: number; error: string }
  | { kind: 'fault'; line: string }

const say = (reply: Reply): void => void process.send?.(reply)
const fault = (fields: object, message: string): void => {
  const { error, ...rest } = fields as { error?: unknown }
  const reason = error instanceof Error ? (error.stack ?? error.message) : String(error)
  say({ kind: 'fault', line: `${message} ${JSON.stringify(rest)} ${reason}` })
}
const quiet = (): void => undefined
process.on('uncaughtException', (error) => fault({ error }, 'an exception that nobody caught'))
process.on('unhandledRejection', (error) => fault({ error }, 'a rejection that nobody handled'))

const clientDir = mkdtempSync(join(tmpdir(), 'connectly-fuzz-'))
writeFileSync(join(clientDir, 'index.html'), '<!doctype html><title>Connectly</title>')

/** What hashes passwords is throttled, so that most of the time goes to the rest. */
const few = { points: 4, seconds: 5, by: 'address' as const }
const server = await startServer({
  clientDir,
  limits: { ...roomyLimits, signIn: few, signUp: few, account: { ...few, points: 300, by: 'person' } },
  logger: { debug: quiet, info: quiet, warn: quiet, error: fault, fatal: fault },
  ...(process.env['FUZZ_PLANTED'] && {
    store: (store) => ({
      ...store,
      find: (table, query) =>
        JSON.stringify(query.where ?? {}).includes('startsWith')
          ? Promise.reject(new Error('planted'))
          : store.find(table, query),
    }),
  }),
  patience: { headers: 2000, request: 4000, check: 200 },
})

const text = (words: string) => ({ kind: 'text' as const, text: words })
const send = async (person: TestPerson, roomId: RoomId) =>
  (await person.ask(sendMessage, { roomId, localId: newId<LocalId>(), body: text('hello @all') })).messageId
const newPerson = (name: string) => server.person(`${name}-${newId().slice(-12)}`)

/** Somebody to be, with everything that an input may name. */
async function world(actor: Actor): Promise<Things> {
  const { host } = new URL(server.url)
  const shared = { host, own: server.url }
  const isAdmin = actor === 'admin'
  const me = isAdmin ? await server.administrator(`admin-${newId().slice(-12)}`) : await newPerson('member')
  const [friend, member, stranger, asking, newcomer] = await Promise.all(
    ['friend', 'member', 'stranger', 'asking', 'newcomer'].map(newPerson),
  )
  if (!friend || !member || !stranger || !asking || !newcomer) throw new Error('somebody is missing')
  const group = async (owner: TestPerson, others: TestPerson[]) => {
    const userIds = others.map(({ userId }) => userId)
    return (await owner.ask(createGroup, { localId: newId<LocalId>(), name: 'A room', userIds })).roomId
  }
  const direct = await befriend(me, friend)
  await befriend(me, member)
  const [room, foreignRoom] = [await group(me, [friend, member]), await group(stranger, [])]
  const ask = (from: TestPerson, to: TestPerson) =>
    from.ask(askToTalk, { toId: to.userId, text: 'Hello there', localId: newId<LocalId>() })
  const things: Things = {
    ...shared,
    me: me.userId,
    friend: friend.userId,
    member: member.userId,
    stranger: stranger.userId,
    newcomer: newcomer.userId,
    direct,
    room,
    foreignRoom,
    message: await send(me, room),
    othersMessage: await send(friend, room),
    foreignMessage: await send(stranger, foreignRoom),
    received: (await ask(asking, me)).requestId,
    sent: (await ask(me, stranger)).requestId,
    session: (await me.ask(listSessions, {}))[0]?.sessionId ?? newId(),
    stepUp: await server.stepUp(me),
    token: me.token,
  }
  return actor === 'anonymous' ? { ...things, token: 'A'.repeat(43) } : things
}

/** Two who talk to each other all the while, in a room that nobody else is in. */
async function neighbours(): Promise<Things> {
  const [one, two] = [await newPerson('neighbour'), await newPerson('neighbour')]
  return { one: one.token, two: two.token, me: one.userId, room: await befriend(one, two) }
}

/** The least of a few moments: hashing a password takes 64 MB for as long as it lasts, and freed pages go back late. */
async function weigh(): Promise<Things> {
  let rss = Infinity
  for (let times = 0; times < 5; times++) {
    ;(globalThis as { gc?: () => void }).gc?.()
    rss = Math.min(rss, process.memoryUsage().rss)
    await wait(400)
  }
  return { rss: String(rss), heap: String(process.memoryUsage().heapUsed) }
}

process.on('message', (order: Order) => {
  const doing = { world: () => world((order as { actor: Actor }).actor), neighbours, weigh }[order.order]
  Promise.resolve()
    .then(doing)
    .then((value) => say({ kind: 'done', id: order.id, value }))
    .catch((error: unknown) => say({ kind: 'failed', id: order.id, error: String(error) }))
})
process.once('disconnect', () => {
  void server.stop().finally(() => {
    rmSync(clientDir, { recursive: true, force: true })
    process.exit(0)
  })
})
say({ kind: 'started', url: server.url })
