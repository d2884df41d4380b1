import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  addMember,
  createGroup,
  pageMessages,
  removeMember,
  sendMessage,
  type LocalId,
  type Message,
  type RoomId,
} from '@connectly/protocol'
import fc from 'fast-check'
import { newId, roomyLimits, startServer } from '../../server/src/test-kit.ts'
import { AskError } from '../../web/src/kernel/ask-error.ts'
import { inMemory } from '../../web/src/kernel/storage.ts'
import { deviceOf, until } from './replica-device.ts'
import { createLine } from './replica-line.ts'
import { friends } from './replica-world.ts'

const TABS = 3
const ROOMS = 3

const tab = fc.nat({ max: TABS - 1 })
const room = fc.nat({ max: ROOMS - 1 })
const step = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({ do: fc.constant('write' as const), tab, room, times: fc.constantFrom(1, 2, 3) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('loseNext', 'cut', 'noAnswer', 'reload'), tab }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('remove', 'add') }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const) }) },
)

/** What happens to the tabs of one person who writes: how many turns of the event loop before each step, and the steps. */
export const schedule = fc.record({
  isLimited: fc.boolean(),
  steps: fc.array(fc.tuple(fc.nat({ max: 12 }), step), { minLength: 12, maxLength: 30 }),
})
type Schedule = typeof schedule extends fc.Arbitrary<infer S> ? S : never

type Written = { localId: LocalId; text: string; roomId: RoomId }

/** Lets a schedule happen, waits until nothing is on its way, and holds what stands in the rooms against what was written. */
export async function holds({ isLimited, steps }: Schedule): Promise<{ sent: number; failed: number }> {
  await using world = await begin(isLimited)
  const { tabs, lines, rooms, storage, lies, crowds, owner, me } = world
  const written: Promise<Written>[] = []
  const group = rooms[0] as RoomId

  for (const [turns, each] of steps) {
    for (let turn = 0; turn < turns; turn++) await new Promise((next) => setImmediate(next))
    if (each.do === 'write')
      for (let time = 0; time < each.times; time++) {
        const [roomId, text] = [rooms[each.room] as RoomId, `${written.length} by tab ${each.tab}`]
        written.push(tabs[each.tab]!.outbox.send(roomId, { text }).then((localId) => ({ localId, text, roomId })))
      }
    else if (each.do === 'restart') await world.restart()
    else if (each.do === 'remove') await owner().tries(removeMember, { roomId: group, userId: me.userId })
    else if (each.do === 'add') await owner().tries(addMember, { roomId: group, userId: me.userId })
    else if ('tab' in each) {
      if (each.do === 'loseNext') lines[each.tab]!.loseNext()
      if (each.do === 'cut') lines[each.tab]!.cut()
      if (each.do === 'noAnswer') lies.add(each.tab)
      if (each.do === 'reload') await world.reload(each.tab)
    }
  }
  const all = await Promise.all(written)
  const isQuiet = async () => (await storage.outgoing()).every(({ state }) => state === 'failed')
  await until(isQuiet, 'nothing waits any more', 20_000)

  const failed = await storage.outgoing()
  const isFailed = (localId: LocalId) => failed.some((entry) => entry.localId === localId)
  for (const { code } of failed) assert.equal(code, 'NotFound', 'a failed message says why')
  const stored = new Map<RoomId, Message[]>()
  for (const roomId of rooms) {
    stored.set(roomId, (await owner().ask(pageMessages, { roomId, limit: 200 })).messages)
    const wanted = all.filter((each) => each.roomId === roomId && !isFailed(each.localId))
    assert.deepEqual(
      mineIn(stored, roomId),
      wanted.map(({ localId }) => localId),
      'each once, in the order written',
    )
  }
  await tabsShow(failed.map(({ localId }) => localId))

  // Who may write again tries half of what failed again, and gives up the rest.
  await owner().tries(addMember, { roomId: group, userId: me.userId })
  const [again, given] = [failed.filter((_, nth) => nth % 2 === 0), failed.filter((_, nth) => nth % 2 === 1)]
  await until(() => tabs.every((one) => one.isOpen()), 'all tabs are open')
  for (const [nth, { localId }] of again.entries()) await tabs[nth % TABS]!.outbox.retry(localId)
  for (const [nth, { localId }] of given.entries()) await tabs[nth % TABS]!.outbox.drop(localId)
  await until(async () => (await storage.outgoing()).length === 0, 'nothing is left', 20_000)
  stored.set(group, (await owner().ask(pageMessages, { roomId: group, limit: 200 })).messages)
  const kept = all.filter(({ roomId, localId }) => roomId === group && !given.some((one) => one.localId === localId))
  assert.deepEqual(
    mineIn(stored, group).map(String).sort(inWords),
    kept.map(({ localId }) => String(localId)).sort(inWords),
    'after trying again',
  )
  await tabsShow([])
  assert.ok(crowds.length > 0 && Math.max(...crowds) === 1, 'two tabs sent from one room at once')
  return { sent: all.length - given.length, failed: failed.length }

  function tabsShow(ids: readonly LocalId[]): Promise<void> {
    const shows = (one: (typeof tabs)[number]) => one.outbox.entries.get().map(({ localId }) => localId)
    const isSame = (list: readonly LocalId[]) => list.toSorted(inWords).join() === ids.toSorted(inWords).join()
    return until(() => tabs.every((one) => isSame(shows(one))), 'every tab shows what failed, and nothing else')
  }

  function mineIn(of: ReadonlyMap<RoomId, readonly Message[]>, roomId: RoomId): (LocalId | null)[] {
    const ids = new Set(all.map(({ localId }) => localId))
    return (of.get(roomId) ?? []).map(({ localId }) => localId).filter((localId) => localId && ids.has(localId))
  }
}

const inWords = (a: string, b: string): number => (a < b ? -1 : 1)

/** A server, two people and their rooms, and the tabs of one of them: one storage, each with a line of its own. */
async function begin(isLimited: boolean) {
  const dataDir = await mkdtemp(join(tmpdir(), 'connectly-laws-'))
  const limits = { ...roomyLimits, ...(isLimited && { send: { points: 8, seconds: 1, by: 'person' as const } }) }
  let server = await startServer({ dataDir, limits })
  const { a: me, b, roomId } = await friends(server)
  const group = () => b.ask(createGroup, { localId: newId<LocalId>(), name: 'ours', userIds: [me.userId] })
  const rooms = [(await group()).roomId, roomId, (await group()).roomId]
  const storage = inMemory()
  const lines = await Promise.all(Array.from({ length: TABS }, () => createLine(server.url)))
  const lies = new Set<number>()
  const under: RoomId[] = []
  const crowds: number[] = []
  const open = (nth: number) =>
    deviceOf({
      url: lines[nth]!.url,
      userId: me.userId,
      token: me.token,
      storage,
      asks: (ask) => async (method, input) => {
        if (method.name !== sendMessage.name) return ask(method, input)
        const { roomId } = input as { roomId: RoomId }
        under.push(roomId)
        crowds.push(under.filter((each) => each === roomId).length)
        try {
          const isLie = lies.delete(nth)
          const value = await ask(method, input)
          if (isLie) throw new AskError({ code: 'NoAnswer' })
          return value
        } finally {
          under.splice(under.indexOf(roomId), 1)
        }
      },
    })
  const tabs = Array.from({ length: TABS }, (_, nth) => open(nth))
  for (const one of tabs) await one.load()
  await Promise.all(tabs.map((one) => one.start()))

  return {
    me,
    owner: () => server.again(b.userId, b.token),
    rooms,
    storage,
    lines,
    lies,
    /** How many messages of a room were under way at once, whenever one set out. */
    crowds,
    tabs,
    reload: async (nth: number) => {
      tabs[nth]?.stop()
      const fresh = open(nth)
      tabs[nth] = fresh
      await fresh.load()
      fresh.connection.start()
    },
    restart: async () => {
      await server.stop()
      server = await startServer({ dataDir, limits })
      for (const line of lines) line.leadTo(server.url)
    },
    [Symbol.asyncDispose]: async () => {
      for (const one of tabs) one.stop()
      for (const line of lines) await line.close()
      await server.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
