import { messageSent, roomPlace, type Message } from '@connectly/protocol'
import { checksumOf } from '../../server/src/features/messages/index.ts'
import type { Final, FinalLog, FinalRoom, History, Send, Shown } from './history.ts'
import { textOf } from './replica.ts'

export const laws = ['lost', 'duplicate', 'order', 'gap', 'reaction', 'content', 'refused', 'stuck', 'fault'] as const
export type Law = (typeof laws)[number]
export type Violation = { law: Law; says: string }

/**
 * Holds what the clients saw against what the server has at the end. It knows nothing of how the server works: only
 * what was promised to whom, and in which order.
 */
export function check(histories: readonly History[], final: Final): Violation[] {
  return [
    ...final.rooms.flatMap((room) => checkRoom(histories, room)),
    ...histories.flatMap((history) => checkPerson(history, final)),
    ...final.logs.flatMap(checkLog),
    ...checkLogsHold(final),
    ...checkTally(final),
  ]
}

/** What stands in a room: each message once, in the order of its number, as it was written, by whoever wrote it. */
function checkRoom(histories: readonly History[], { name, startedAt, backward, forward }: FinalRoom): Violation[] {
  const found: Violation[] = []
  const say = (law: Law, says: string) => void found.push({ law, says: `${name}: ${says}` })

  if (backward.map(mark).join() !== forward.map(mark).join())
    say(
      'order',
      `read from the newest it has ${backward.length} messages, from the oldest ${forward.length}, or others`,
    )
  forward.forEach((message, index) => {
    const before = forward[index - 1]
    if (before && before.seq >= message.seq) say('order', `${mark(message)} stands after ${mark(before)}`)
  })

  const written = new Map(histories.flatMap(({ userId, sends }) => sends.map((send) => [send.text, { userId, send }])))
  const byText = new Map<string, Message>()
  const byKey = new Map<string, Message>()
  for (const message of forward) {
    if (message.checksum !== checksumOf(message)) say('content', `${mark(message)} does not fit its checksum`)
    if (message.seq <= startedAt) continue
    const text = textOf(message)
    const twin = byText.get(text) ?? byKey.get(`${message.authorId} ${message.localId}`)
    if (twin) say('duplicate', `${quote(text)} stands twice, as ${mark(twin)} and ${mark(message)}`)
    byText.set(text, message)
    byKey.set(`${message.authorId} ${message.localId}`, message)

    const source = written.get(text)
    if (!source || source.userId !== message.authorId || source.send.roomId !== message.roomId)
      say('content', `${mark(message)} says ${quote(text)}, which its author did not write there`)
    else if (source.send.refused)
      say('refused', `${quote(text)} was refused with ${source.send.refused.code} and is there`)
    else if (source.send.localId !== message.localId)
      say('content', `${mark(message)} bears another key than it was sent with`)
  }
  found.push(...checkRealTime(name, forward, written))
  return found
}

/** What was acknowledged before another was begun has the smaller number. */
function checkRealTime(
  name: string,
  messages: readonly Message[],
  written: ReadonlyMap<string, { send: Send }>,
): Violation[] {
  const found: Violation[] = []
  let earliest: { send: Send; message: Message } | undefined
  for (const message of messages.toReversed()) {
    const send = written.get(textOf(message))?.send
    if (!send) continue
    if (earliest?.send.acked && earliest.send.acked.at < send.begunAt)
      found.push({
        law: 'order',
        says: `${name}: ${mark(earliest.message)} was acknowledged before ${mark(message)} was begun, and stands after it`,
      })
    if (send.acked && send.acked.at < (earliest?.send.acked?.at ?? Infinity)) earliest = { send, message }
  }
  return found
}

/** What one person was promised, and what their screens showed. */
function checkPerson(history: History, final: Final): Violation[] {
  const { name, sends, screens, faults } = history
  const found: Violation[] = faults.map((says) => ({ law: 'fault', says }))
  const say = (law: Law, says: string) => void found.push({ law, says: `${name}: ${says}` })
  const rooms = new Map(final.rooms.map((room) => [room.roomId, room]))
  const there = new Map(final.rooms.flatMap(({ forward }) => forward.map((message) => [message.messageId, message])))

  const lastOf = new Map<string, Send>()
  for (const send of sends) {
    if (!send.acked && !send.refused)
      say('stuck', `${quote(send.text)} was neither taken nor refused in ${send.tries} tries`)
    if (send.refused && send.legal)
      say('refused', `${quote(send.text)} was refused with ${send.refused.code}, against all rules`)
    if (!send.acked) continue
    const { message } = send.acked
    const kept = there.get(message.messageId)
    if (!send.legal) say('refused', `${quote(send.text)} had to be refused, and was taken as ${mark(message)}`)
    if (!kept) say('lost', `${quote(send.text)} was acknowledged as ${mark(message)}, and is not there`)
    else if (mark(kept) !== mark(message) || textOf(kept) !== send.text || kept.checksum !== message.checksum)
      say(
        'content',
        `${quote(send.text)} was acknowledged as ${mark(message)}, and is there as ${mark(kept)} with ${quote(textOf(kept))}`,
      )
    const before = lastOf.get(send.roomId)?.acked
    if (before && before.message.seq >= message.seq)
      say('order', `${mark(message)} was written after ${mark(before.message)}, and stands before it`)
    if (send.legal) lastOf.set(send.roomId, send)
  }

  for (const { roomId, cursor, runs } of screens) {
    const room = rooms.get(roomId)
    if (!room) continue
    const log = final.logs.find(({ place }) => place === roomPlace(roomId))
    if (log && log.seq !== cursor) say('stuck', `holds ${room.name} up to ${cursor}, and it is at ${log.seq}`)
    runs.forEach((run, nth) => found.push(...checkScreen(name, room, run, nth === runs.length - 1)))
  }
  return found
}

/** A screen shows a run of the one order, without a hole and nothing twice; the last one to its end. */
function checkScreen(
  name: string,
  { name: room, forward }: FinalRoom,
  run: readonly Shown[],
  isLast: boolean,
): Violation[] {
  const found: Violation[] = []
  const say = (law: Law, says: string) => void found.push({ law, says: `${name} in ${room}: ${says}` })
  const seen = new Set<string>()
  for (const each of run) {
    if (seen.has(each.messageId) || seen.has(each.text)) say('duplicate', `${quote(each.text)} was shown twice`)
    seen.add(each.messageId).add(each.text)
  }
  const from = run[0] ? forward.findIndex((message) => message.seq === run[0]?.seq) : forward.length
  for (const [index, each] of run.entries()) {
    const message = forward[from + index]
    if (message && mark(message) === mark(each) && textOf(message) === each.text) continue
    const instead = message ? `has ${mark(message)} there` : 'has nothing there'
    say(
      'order',
      `${quote(each.text)} was shown as ${mark(each)}, and the room ${from < 0 ? 'has no such number' : instead}`,
    )
    break
  }
  const end = run.at(-1)?.seq ?? 0
  if (isLast && end !== (forward.at(-1)?.seq ?? 0))
    say('order', `the screen ends at ${end}, the room at ${forward.at(-1)?.seq ?? 0}`)
  return found
}

/** The numbers of a place are 1, 2, 3 …, and its time never runs backwards. */
function checkLog({ place, seq, events }: FinalLog): Violation[] {
  const found: Violation[] = []
  events.forEach((event, index) => {
    if (event.seq !== index + 1)
      found.push({ law: 'gap', says: `${place}: number ${event.seq} stands where ${index + 1} belongs` })
    if (event.at < (events[index - 1]?.at ?? 0))
      found.push({ law: 'gap', says: `${place}: the time runs backwards at ${event.seq}` })
  })
  if (events.length !== seq)
    found.push({ law: 'gap', says: `${place}: has ${events.length} events and is at number ${seq}` })
  return found.slice(0, 3)
}

/** Every message is an event of its room under its own number, and every such event has its message. */
function checkLogsHold({ rooms, logs }: Final): Violation[] {
  return rooms.flatMap(({ roomId, name, forward }): Violation[] => {
    const events = logs.find(({ place }) => place === roomPlace(roomId))?.events ?? []
    const said = new Set(forward.map(({ seq }) => seq))
    const logged = new Set(events.flatMap((event) => (event.name === messageSent.name ? [event.seq] : [])))
    const lost = (says: string): Violation => ({ law: 'lost', says: `${name}: ${says}` })
    return [
      ...[...said.difference(logged)].map((seq) => lost(`message ${seq} is not in the log`)),
      ...[...logged.difference(said)].map((seq) => lost(`the log has message ${seq}, the room does not`)),
    ]
  })
}

/** A reaction had its effect once for each message since the load began, and for nothing else. */
function checkTally({ rooms, logs, tally }: Final): Violation[] {
  const wrong = (says: string): Violation => ({ law: 'reaction', says })
  const expected = new Set(
    rooms.flatMap(({ roomId, startedAt, forward }) =>
      forward.filter(({ seq }) => seq > startedAt).map(({ seq }) => `${roomPlace(roomId)}@${seq}`),
    ),
  )
  return [
    ...logs.filter((log) => log.unreacted).map(({ place }) => wrong(`${place} still waits for its reactions`)),
    ...[...expected].flatMap((each) =>
      tally[each] === 1 ? [] : [wrong(`${each} was followed ${tally[each] ?? 0} times`)],
    ),
    ...Object.keys(tally).flatMap((each) =>
      expected.has(each) ? [] : [wrong(`something followed from ${each}, which is not there`)],
    ),
  ]
}

const mark = ({ messageId, seq }: { messageId: string; seq: number }): string => `${messageId}@${seq}`
const quote = (text: string): string => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)
