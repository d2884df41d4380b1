import type { RoomId, UserId } from '@connectly/protocol'
import type { PubSub } from '../pubsub/pubsub.ts'

/** How often a process says that it lives, in ms. */
const BEAT_EVERY = 2000
/** A process that has said nothing for this long is gone, and its people with it, in ms. */
const LEASE = 10_000
/** How long the others are waited for when they are asked who sits in a room, in ms. */
const ANSWER_WITHIN = 250
/** People named in one message: below what any service carries in one. */
const AT_ONCE = 150

type Other = {
  people: Set<UserId>
  /** The number of the last change that is known of. */
  n: number
  heardAt: number
  /** People of an answer that comes in parts. */
  coming: UserId[]
}

type Said =
  | { do: 'came' | 'went'; n: number; ids: UserId[] }
  | { do: 'all'; n: number; ids: UserId[]; more: boolean }
  | { do: 'beat'; n: number }
  | { do: 'who' }
  | { do: 'bye' }

type Question = { ask: number; rooms: RoomId[] }
type AnswerPart = { ask: number; room: RoomId; ids: UserId[]; last: boolean; to: string }

/**
 * Who is here on the other processes. Each says who comes to it and goes, numbered, and that it lives; whoever misses
 * something asks for all of it. Nothing is kept by anybody else, so there is nothing that could be lost.
 */
export function createElsewhere(parts: {
  pubsub: PubSub
  /** Everybody who is here on this process. */
  mine: () => Iterable<UserId>
  /** Who of them sits in a room. */
  seated: (roomId: RoomId) => Iterable<UserId>
  /** Somebody came to or went from another process. */
  onChange: (userId: UserId, change: 'came' | 'went', lost: boolean) => void
}) {
  const { pubsub, mine, seated, onChange } = parts
  const others = new Map<string, Other>()
  /** Answers that come in parts, by process and room. */
  const arriving = new Map<string, UserId[]>()
  const rooms = new Map<RoomId, Map<string, UserId[]>>()
  const waiting = new Map<number, { left: Set<string>; done: () => void }>()
  let n = 0
  let asks = 0
  let timer: NodeJS.Timeout | undefined

  const say = (said: Said) => pubsub.say('here', JSON.stringify(said))

  pubsub.hear('here', (text, from) => {
    const said = JSON.parse(text) as Said
    if (said.do === 'who') return sayAll()
    if (said.do === 'bye') return forget(from, false)
    const isNew = !others.has(from)
    const other = others.get(from) ?? { people: new Set(), n: -1, heardAt: 0, coming: [] }
    others.set(from, other)
    other.heardAt = performance.now()
    if (said.do === 'all') return learn(other, said)
    if (said.do === 'beat') {
      if (said.n !== other.n) say({ do: 'who' })
      return
    }
    if (said.n !== other.n + 1) {
      if (isNew || said.n > other.n) say({ do: 'who' })
      return
    }
    other.n = said.n
    for (const userId of said.ids) change(other, userId, said.do)
  })
  pubsub.hear('seated.ask', (text, from) => {
    const { ask, rooms: wanted } = JSON.parse(text) as Question
    for (const room of wanted) {
      const ids = [...seated(room)]
      for (let at = 0; at === 0 || at < ids.length; at += AT_ONCE) {
        const last = at + AT_ONCE >= ids.length
        const part: AnswerPart = { ask, room, ids: ids.slice(at, at + AT_ONCE), last, to: from }
        pubsub.say('seated', JSON.stringify(part))
      }
    }
  })
  pubsub.hear('seated', (text, from) => {
    const { ask, room, ids, last, to } = JSON.parse(text) as AnswerPart
    if (to !== pubsub.id) return
    const key = `${from} ${room}`
    const so = [...(arriving.get(key) ?? []), ...ids]
    if (!last) return void arriving.set(key, so)
    arriving.delete(key)
    const known = rooms.get(room) ?? new Map<string, UserId[]>()
    rooms.set(room, known.set(from, so))
    const asked = waiting.get(ask)
    asked?.left.delete(key)
    if (asked?.left.size === 0) asked.done()
  })
  pubsub.onHealed(() => {
    say({ do: 'who' })
    sayAll()
  })

  function sayAll(): void {
    const ids = [...mine()]
    for (let at = 0; at === 0 || at < ids.length; at += AT_ONCE)
      say({ do: 'all', n, ids: ids.slice(at, at + AT_ONCE), more: at + AT_ONCE < ids.length })
  }

  function learn(other: Other, said: Extract<Said, { do: 'all' }>): void {
    other.coming.push(...said.ids)
    if (said.more) return
    const now = new Set(other.coming.splice(0))
    other.n = said.n
    for (const userId of other.people) if (!now.has(userId)) change(other, userId, 'went')
    for (const userId of now) if (!other.people.has(userId)) change(other, userId, 'came')
  }

  function change(other: Other, userId: UserId, what: 'came' | 'went', lost = false): void {
    if (what === 'came') other.people.add(userId)
    else other.people.delete(userId)
    onChange(userId, what, lost)
  }

  function forget(id: string, lost: boolean): void {
    const other = others.get(id)
    others.delete(id)
    for (const known of rooms.values()) known.delete(id)
    if (other) for (const userId of other.people) change(other, userId, 'went', lost)
  }

  function beat(): void {
    say({ do: 'beat', n })
    const now = performance.now()
    for (const [id, { heardAt }] of others) if (now - heardAt > LEASE) forget(id, true)
  }

  return {
    /** Somebody came to this process, or went from it. */
    tell: (userId: UserId, what: 'came' | 'went'): void => say({ do: what, n: ++n, ids: [userId] }),
    isThere: (userId: UserId): boolean => {
      for (const { people } of others.values()) if (people.has(userId)) return true
      return false
    },
    people: function* (): Generator<UserId> {
      for (const { people } of others.values()) yield* people
    },
    /** Who sits in a room on other processes, as they last said. */
    seatedIn: (roomId: RoomId): UserId[] => [...(rooms.get(roomId)?.values() ?? [])].flat(),
    /** Asks the others who sits in these rooms; resolves when they have answered, or have had their time. */
    refresh: async (wanted: readonly RoomId[]): Promise<void> => {
      if (others.size === 0 || wanted.length === 0) return
      const ask = ++asks
      const left = new Set([...others.keys()].flatMap((id) => wanted.map((room) => `${id} ${room}`)))
      await new Promise<void>((done) => {
        const limit = setTimeout(done, ANSWER_WITHIN)
        waiting.set(ask, { left, done: () => (clearTimeout(limit), done()) })
        for (let at = 0; at < wanted.length; at += AT_ONCE) {
          const question: Question = { ask, rooms: wanted.slice(at, at + AT_ONCE) }
          pubsub.say('seated.ask', JSON.stringify(question))
        }
      })
      waiting.delete(ask)
    },
    /** Rooms that nobody here looks at any longer. */
    forgetRooms: (kept: ReadonlySet<RoomId>): void => {
      for (const roomId of rooms.keys()) if (!kept.has(roomId)) rooms.delete(roomId)
    },
    start: (): void => {
      say({ do: 'who' })
      sayAll()
      timer = setInterval(beat, BEAT_EVERY)
      timer.unref()
    },
    stop: (): void => {
      clearInterval(timer)
      say({ do: 'bye' })
    },
  }
}
