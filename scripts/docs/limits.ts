import { registry } from '../../protocol/src/index.ts'
import { defaultLimits } from '../../server/src/kernel/limits.ts'
import { numberIn } from './comments.ts'
import { code, count, made, table } from './markdown.ts'

/** Numbers that bound a request, an answer or a connection, where they stand, and what happens beyond. */
const bounds: readonly [file: string, name: string, unit: string, beyond: string][] = [
  ['protocol/src/text.ts', 'MAX_MESSAGE_LENGTH', 'UTF-16 units in a message', '`InvalidInput`'],
  ['protocol/src/text.ts', 'MAX_NAME_LENGTH', 'UTF-16 units in a name', '`InvalidInput`'],
  ['protocol/src/text.ts', 'MIN_PASSWORD_LENGTH', 'UTF-16 units in a password, at least', '`InvalidInput`'],
  ['protocol/src/text.ts', 'MAX_PASSWORD_LENGTH', 'UTF-16 units in a password, at most', '`InvalidInput`'],
  ['protocol/src/body.ts', 'MAX_MENTIONS', 'mentions in a message', '`InvalidInput`'],
  ['protocol/src/messages.ts', 'MAX_NAMED', 'messages named in one ask', '`InvalidInput`'],
  ['protocol/src/rooms.ts', 'MAX_MEMBERS', 'members in a room', '`RoomFull`'],
  ['protocol/src/rooms.ts', 'MAX_UNREAD', 'unread messages that a line counts', 'it says that there are more'],
  ['protocol/src/rooms.ts', 'MAX_PINNED_ROOMS', 'rooms pinned to the top of a list', '`TooManyPinned`'],
  ['protocol/src/blocks.ts', 'MAX_BLOCKS', 'people that somebody blocks', '`TooManyBlocks`'],
  ['protocol/src/marks.ts', 'MARKS_SHOWN_UP_TO', 'members whose marks are told as they move', 'they are asked for'],
  ['protocol/src/marks.ts', 'MAX_DELIVERIES', 'rooms whose delivery one ask confirms', '`InvalidInput`'],
  ['protocol/src/marks.ts', 'MAX_RECEIPTS', 'people in each part of a message’s receipts', 'they are counted only'],
  ['protocol/src/presence.ts', 'MAX_WATCHED', 'people whose presence a connection hears of', '`InvalidInput`'],
  ['protocol/src/presence.ts', 'MAX_TYPING_NAMES', 'people named as writing in a room', 'they are counted only'],
  ['protocol/src/sync.ts', 'MAX_CATCH_UP', 'events in a catch-up', 'a fresh head instead'],
  [
    'protocol/src/sync.ts',
    'PAGE_SIZE',
    'messages in a head, and in a page unless fewer or more are asked for',
    'the next page',
  ],
  ['protocol/src/sync.ts', 'MAX_LISTED', 'rooms whose lines a client may name in `sync.open`', '`InvalidInput`'],
  ['server/src/transport/http.ts', 'MAX_BODY', 'bytes in the body of an HTTP request', '`TooLarge`'],
  ['server/src/transport/socket.ts', 'MAX_FRAME', 'bytes in a frame from a client', 'the connection is closed'],
  [
    'server/src/transport/socket.ts',
    'MAX_WAITING',
    'packets that wait for a reader',
    'the connection is cut, and catches up later',
  ],
  ['server/src/kernel/kernel.ts', 'MAX_TRIES', 'times a handler runs when others change the same thing', '`Busy`'],
]

/** `docs/limits.md`: how much of everything one may ask. */
export function limits(): string {
  const methods = [...registry.methods.values()]
  const rows = Object.entries(defaultLimits).map(([name, { points, seconds, by }]) => [
    code(name),
    count(points),
    inWords(seconds),
    by === 'person' ? 'person, or address without a session' : 'address',
    methods
      .filter((method) => method.limit === name)
      .map((method) => code(method.name))
      .join(' '),
  ])
  return `${made}

# Limits

## How often

Every method names a class. Each class counts for itself, over both doors and all sessions of a person together; an ask
that is refused for its shape counts too. Above the limit the answer is \`TooManyRequests\` with \`retryAfter\` in seconds,
over HTTP also as the header \`Retry-After\`. The table is \`server/src/kernel/limits.ts\`. Counts are kept in the memory of
the process: they start anew when it does.

${table(['class', 'asks', 'in', 'counted for', 'methods'], rows)}

An address is the one the connection comes from. Headers such as \`X-Forwarded-For\` are not read, so behind a proxy
everybody shares the proxy's address: see [known-limits.md](known-limits.md).

## How much

${table(
  ['bound', 'of what', 'beyond it', 'stands in'],
  bounds.map(([file, name, unit, beyond]) => [
    count(numberIn(file, name)),
    unit,
    beyond,
    `${code(name)} in ${code(file)}`,
  ]),
)}
`
}

function inWords(seconds: number): string {
  if (seconds % 3600 === 0) return seconds === 3600 ? 'an hour' : `${seconds / 3600} hours`
  if (seconds % 60 === 0) return seconds === 60 ? 'a minute' : `${seconds / 60} minutes`
  return `${seconds} seconds`
}
