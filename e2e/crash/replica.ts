import { messageSent, placeParts } from '@connectly/protocol'
import type { CatchUp, Frame, Head, LoggedEvent, Message, MessageId, Place, RoomId } from '@connectly/protocol'
import type { History, Shown } from './history.ts'

type Held = {
  cursor: number
  /** What its screen showed, run after run; null for the person's own place. */
  runs: Shown[][] | null
  /** Messages that the head held already though their events come after it: where no moment is one, it may. */
  foreseen: Set<MessageId>
  /** Frames behind a gap, until it is filled. */
  ahead: Frame[]
  filling: boolean
}

export type Replica = ReturnType<typeof createReplica>

/**
 * What a client holds, by the rules of the replica: an event is applied once, in the order of its number, and nothing
 * behind a gap before the gap is filled.
 * @param fetch asks the server for the events of a place after a number; it throws when the connection is gone
 */
export function createReplica(fetch: (place: Place, after: number) => Promise<CatchUp>, fault: (what: string) => void) {
  const places = new Map<Place, Held>()
  const counts = { gaps: 0, repeats: 0, resets: 0 }

  function take(caughtUp: CatchUp): void {
    if (caughtUp.kind === 'reset') return begin(caughtUp.head)
    const held = places.get(caughtUp.place)
    if (!held) return fault(`events came for ${caughtUp.place}, which is not held`)
    for (const event of caughtUp.events) {
      if (event.seq > held.cursor + 1)
        return fault(`${caughtUp.place} was filled after ${held.cursor} with ${event.seq}: a hole`)
      apply(caughtUp.place, held, event)
    }
  }

  function begin(head: Head): void {
    const before = places.get(head.place)
    if (before) counts.resets++
    const isRoom = placeParts(head.place).kind === 'room'
    const { messages = [] } = (head.slices['messages'] ?? {}) as { messages?: Message[] }
    const run = messages.map((message) => ({
      seq: message.seq,
      messageId: message.messageId,
      text: textOf(message),
    }))
    const runs = isRoom ? [...(before?.runs ?? []), run] : null
    const foreseen = new Set(messages.flatMap(({ seq, messageId }) => (seq > head.seq ? [messageId] : [])))
    const { ahead = [], filling = false } = before ?? {}
    places.set(head.place, { cursor: head.seq, runs, foreseen, ahead, filling })
  }

  function apply(place: Place, held: Held, event: LoggedEvent): void {
    if (event.seq <= held.cursor) return void counts.repeats++
    held.cursor = event.seq
    if (event.name !== messageSent.name) return
    const { message } = event.data as { message: Message | null }
    if (!message) return fault(`event ${event.seq} of ${place} came without its message`)
    if (held.foreseen.delete(message.messageId)) return
    held.runs?.at(-1)?.push({ seq: event.seq, messageId: message.messageId, text: textOf(message) })
  }

  function hear(frame: Frame): void {
    const held = places.get(frame.place)
    if (!held) return
    for (const event of frame.events) {
      if (event.seq > held.cursor + 1) {
        held.ahead.push(frame)
        return void fillGap(frame.place, held)
      }
      apply(frame.place, held, event)
    }
  }

  async function fillGap(place: Place, held: Held): Promise<void> {
    if (held.filling) return
    held.filling = true
    counts.gaps++
    try {
      let reached: number
      do {
        const caughtUp = await fetch(place, places.get(place)?.cursor ?? held.cursor)
        reached = places.get(place)?.cursor ?? 0
        take(caughtUp)
        // A head older than what was applied while it was on its way: what lies between is fetched again.
      } while ((places.get(place)?.cursor ?? 0) < reached)
    } catch {
      held.ahead = []
    }
    const now = places.get(place) ?? held
    now.filling = false
    for (const frame of now.ahead.splice(0)) hear(frame)
  }

  return {
    counts,
    take,
    hear,
    holds: (place: Place): boolean => places.has(place),
    cursors: (): Record<string, number> =>
      Object.fromEntries([...places].map(([place, { cursor }]) => [place, cursor])),
    screens: (): History['screens'] =>
      [...places].flatMap(([place, { cursor, runs }]) =>
        runs ? [{ roomId: placeParts(place).id as RoomId, cursor, runs }] : [],
      ),
  }
}

export const textOf = ({ body }: Pick<Message, 'body'>): string => ('text' in body ? body.text : `(${body.kind})`)
