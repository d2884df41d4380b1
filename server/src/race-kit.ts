import { createGroup, whoAmI, type Answer, type LocalId } from '@connectly/protocol'
import type { Query, Store } from './store/store.ts'
import type { Table } from './store/table.ts'
import { newId, type TestPerson, type TestServer } from './test-kit.ts'

/* Asks that race: each has read what it relies on before any of them is kept. */

let bystanders = 0

type Seat = Awaited<ReturnType<TestPerson['connect']>>
/** One of those who ask: who, and what over their socket. */
export type Asking = [who: TestPerson, ask: (seat: Seat) => Promise<Answer<unknown>>]

/** Asks, in this order, so that all have read before the first of them commits: every commit is held until they wait. */
export async function atOnce(server: TestServer, asks: readonly Asking[]): Promise<Answer<unknown>[]> {
  const bystander = await server.person(`bystander-${++bystanders}`)
  const seats = await Promise.all(asks.map(([who]) => who.connect()))
  const { store } = server.app
  const commit = store.commit.bind(store)
  const serial = inTurn(store)
  const [begun, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  store.commit = async (changes, now) => {
    begun.resolve()
    await released.promise
    return commit(changes, now)
  }
  const reading = watchReads(store)
  const plug = bystander.ask(createGroup, { localId: newId<LocalId>(), name: 'Plug', userIds: [] })
  await begun.promise
  const asking: Promise<Answer<unknown>>[] = []
  for (const [nth, [, ask]] of asks.entries()) {
    const seat = seats[nth] as Seat
    asking.push(ask(seat))
    await seat.ask(whoAmI, {})
    await reading.settled()
  }
  reading.stop()
  store.commit = commit
  released.resolve()
  await plug
  return Promise.all(asking).finally(() => serial.end())
}

/** Has groups committed one after another, in the order in which they were asked for, also where two could be at once. */
function inTurn(store: Store): { end(): void } {
  const usual = store.atOnce
  Object.assign(store, { atOnce: 1 })
  return { end: () => void Object.assign(store, { atOnce: usual }) }
}

/** Tells when nobody reads: an ask that was read for has come as far as its commit. */
export function watchReads(store: Store) {
  const [get, find, count] = [store.get.bind(store), store.find.bind(store), store.count.bind(store)]
  let open = 0
  const counted =
    <Args extends unknown[], Result>(read: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      open++
      try {
        return await read(...args)
      } finally {
        open--
      }
    }
  store.get = counted(get)
  store.find = counted(find)
  store.count = counted(count)
  return {
    settled: async () => {
      for (let quiet = 0; quiet < 3; quiet = open === 0 ? quiet + 1 : 0) await new Promise((done) => setImmediate(done))
    },
    stop: () => Object.assign(store, { get, find, count }),
  }
}

/** Holds the next commit up until it is released; what is asked meanwhile shares the one after it. */
export function holdNextCommit(store: Store) {
  const commit = store.commit.bind(store)
  const [begun, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const serial = inTurn(store)
  store.commit = async (changes, now) => {
    store.commit = commit
    begun.resolve()
    await released.promise
    serial.end()
    return commit(changes, now)
  }
  return { begun: begun.promise, release: released.resolve }
}

/** The next so many lookups in this table are answered together, once all of them have read. */
export function readTogether(store: Store, table: string, count: number): void {
  const find = store.find.bind(store)
  const all = Promise.withResolvers<void>()
  let readers = 0
  store.find = async <Row>(of: Table<Row>, query: Query<Row>): Promise<Row[]> => {
    const rows = await find(of, query)
    if (of.name !== table) return rows
    readers++
    if (readers === count) {
      store.find = find
      all.resolve()
    }
    await all.promise
    return rows
  }
}

/** Lets this happen right after somebody was next looked up by their username, before anything is made of what was read. */
export function onceLookedUp(store: Store, username: string, happens: () => Promise<unknown>): void {
  const find = store.find.bind(store)
  store.find = async <Row>(table: Table<Row>, query: Query<Row>): Promise<Row[]> => {
    const rows = await find(table, query)
    if (table.name !== 'users' || (query.where as { username?: unknown } | undefined)?.username !== username)
      return rows
    store.find = find
    await happens()
    return rows
  }
}
