import { createGroup, whoAmI, type Answer, type LocalId } from '@connectly/protocol'
import { newId, type TestPerson, type TestServer } from './test-kit.ts'

/* Asks that race: each has read what it relies on before any of them is kept. */

let bystanders = 0

type Seat = Awaited<ReturnType<TestPerson['connect']>>
/** One of those who ask: who, and what over their socket. */
export type Asking = [who: TestPerson, ask: (seat: Seat) => Promise<Answer<unknown>>]

/** Asks, in this order, so that all have read before the first of them commits: another commit is held until they wait. */
export async function atOnce(server: TestServer, asks: readonly Asking[]): Promise<Answer<unknown>[]> {
  const bystander = await server.person(`bystander-${++bystanders}`)
  const seats = await Promise.all(asks.map(([who]) => who.connect()))
  const { store } = server.app
  const commit = store.commit.bind(store)
  const [begun, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  store.commit = async (changes, now) => {
    store.commit = commit
    begun.resolve()
    await released.promise
    return commit(changes, now)
  }
  const plug = bystander.ask(createGroup, { localId: newId<LocalId>(), name: 'Plug', userIds: [] })
  await begun.promise
  const asking: Promise<Answer<unknown>>[] = []
  for (const [nth, [, ask]] of asks.entries()) {
    const seat = seats[nth] as Seat
    asking.push(ask(seat))
    await seat.ask(whoAmI, {})
  }
  released.resolve()
  await plug
  return Promise.all(asking)
}
