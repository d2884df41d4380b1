import { registry, type PenaltyKind } from '../../protocol/src/index.ts'
import { defaultLimits } from '../../server/src/kernel/limits.ts'
import { steps } from '../../server/src/kernel/penalties.ts'
import { defaultTallies, type TallyName } from '../../server/src/kernel/tallies.ts'
import { patience } from '../../server/src/kernel/tries.ts'
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
  [
    'server/src/transport/strict-json.ts',
    'MAX_DEPTH',
    'objects and lists within each other in an input',
    '`InvalidInput`',
  ],
  ['server/src/transport/socket.ts', 'MAX_SOCKETS', 'sockets of one person at a process', 'no more are let in'],
  ['server/src/transport/socket.ts', 'MAX_FRAME', 'bytes in a frame from a client', 'the connection is closed'],
  [
    'server/src/transport/socket.ts',
    'MAX_WAITING',
    'packets that wait for a reader',
    'the connection is cut, and catches up later',
  ],
  ['server/src/kernel/kernel.ts', 'MAX_TRIES', 'times a handler runs when others change the same thing', '`Busy`'],
]

const penalties: Record<PenaltyKind, string> = {
  warn: 'nothing yet: it is on the record',
  slow: 'everything but reading and listening is `TooManyRequests`',
  mute: '`Muted`: no sending, editing or asking to talk',
  ban: '`Banned`: kept out, sockets fall',
}
const signals: Record<TallyName, string> = {
  sameText: 'the same words of twelve characters or more, in any room',
  links: 'links',
  mentions: 'people mentioned; everybody is ten',
  rooms: 'rooms that an account younger than a day writes to for the first time in a while',
}

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

An address is the one the connection comes from, or the one that a proxy names which \`TRUSTED_PROXIES\` trusts; without
that setting everybody behind a proxy shares its address. An IPv6 client counts as its /64.

## Guesses

Guesses at a password, a code or an answer are counted in the store before they are looked at, by a keyed hash of whose it
is, and outlive a restart. Beyond the free ones each waits twice as long as the one before, up to the longest;
the right one is refused meanwhile too. The table is \`patience\` in \`server/src/kernel/tries.ts\`.

${table(
  ['where', 'free', 'the first wait', 'the longest', 'forgotten after'],
  Object.entries(patience).map(([name, { free, first, longest, kept }]) => [
    code(name),
    count(free),
    inWords(first / 1000),
    inWords(longest / 1000),
    inWords(kept / 1000),
  ]),
)}

## What abuse leads to

A hundred refused asks within ten seconds are a strike, and so is each burst of what looks like spam. A strike counts at most once
in five seconds, and one is forgotten after every ten quiet minutes. Penalties are rows: they outlive restarts and hold on
every process. An address is struck for those alone who are not signed in. The steps are in \`server/src/kernel/penalties.ts\`;
those who run the server see penalties, impose and lift them.

${table(
  ['strikes', 'what follows', 'for'],
  steps.map(({ strikes, kind, life }) => [count(strikes), penalties[kind], life === 0 ? '' : inWords(life / 1000)]),
)}

The last doubles with every further strike, up to a week. What looks like spam, in \`server/src/kernel/tallies.ts\`:

${table(
  ['signal', 'more than', 'in', 'counts'],
  Object.entries(defaultTallies).map(([name, { points, seconds }]) => [
    code(name),
    count(points),
    inWords(seconds),
    signals[name as TallyName],
  ]),
)}

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
