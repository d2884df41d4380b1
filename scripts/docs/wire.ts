import {
  generalRefusals,
  MAX_CATCH_UP,
  PROTOCOL_VERSION,
  refusals,
  registry,
  type EventType,
  type Method,
  type RefusalCode,
  type Signal,
} from '../../protocol/src/index.ts'
import { defaultLimits } from '../../server/src/kernel/limits.ts'
import { accessText } from '../../server/src/transport/documents.ts'
import type { Example, Examples } from './examples.ts'
import { code, count, made, table } from './markdown.ts'
import { anonymous, fieldsOf, namedShapes, type Shape } from './shapes.ts'

/** `docs/wire.md`: everything that may be said, for people who write a client. */
export function wire(examples: Examples): string {
  return `${made}

# The wire

${rules(examples)}

# Methods

${[...byFeature([...registry.methods.values()])].map(([name, list]) => `## ${name}\n\n${list.map((each) => method(each, examples)).join('\n')}`).join('\n')}
# Events

An event has happened and is in the log of its place, with the next number. *Keeps* is what the log holds; the rest is
filled from the row when it is read, and is null where the row is gone.

${[...byFeature([...registry.events.values()])].map(([name, list]) => `## ${name} events\n\n${list.map(event).join('\n')}`).join('\n')}
# Signals

A signal is said once, to those sockets whose person may know, and never stored. \`hello\` and \`signedOut\` are Socket.IO
events of their own; all others come as \`said\`, with their name and data.

${[...registry.signals.values()].map(signal).join('\n')}
# Refusals

Any method may give those of the first table; the others stand with the methods that give them.

${refusalTable([...generalRefusals])}

${refusalTable((Object.keys(refusals) as RefusalCode[]).filter((name) => !generalRefusals.some((each) => each === name)))}

# Shapes

What the tables above link to. *or null* is always written out; a field that may be left out is marked.

${namedShapes().map(shape).join('\n')}`
}

function rules({ refusal, frame }: Examples): string {
  return `Everything a client may say and hear, made from the definitions in \`protocol/src/\` that the server itself runs on.
The same as data: [openapi.json](openapi.json), [asyncapi.json](asyncapi.json); a running server gives them as
\`/api/openapi.json\` and \`/api/asyncapi.json\`. How a client stays in step is in numbered rules in [sync-spec.md](sync-spec.md).
How much one may ask is in [limits.md](limits.md). This is version ${PROTOCOL_VERSION} of the protocol.

There are three kinds of things: a **method** is asked and answered; an **event** has happened, has a number and is kept;
a **signal** is said once. The answer to a method is \`{ "ok": true, "value": … }\` or
\`{ "ok": false, "refusal": { "code", "params"?, "requestId" } }\`. The code says what is wrong; the words are made where
they are read. What one may not see is refused exactly like what does not exist: \`NotFound\`.

## Over HTTP

\`POST /api/<method>\` with \`Content-Type: application/json\` and the input as body. The status is 200 or that of the
refusal; every response carries its request id as \`X-Request-Id\`.

- **With a token** (scripts, bots, native clients): \`Authorization: Bearer <token>\`, no cookie. An \`Origin\`,
  if there is one, has to be our own. The token is the value of the cookie \`connectly\` (\`__Host-connectly\` under TLS) that \`accounts.signUp\` and \`accounts.signIn\` set.
- **With the cookie** (pages of ours): the browser's \`Origin\` has to be our own, and the header \`X-CSRF-Token\` repeats the
  cookie \`connectly_csrf\`, which comes with the page. A stale one is refused as \`BadOrigin\`, and that refusal brings a new one.
- From our own page, both at once is refused. From another site's page, everything is.
- **From a page at an origin that \`CORS_ORIGINS\` lists**: as from ours. It cannot read our cookie: the token to repeat comes in
  the header \`X-CSRF-Token\` of a \`BadOrigin\`, with the cookie.

JSON is taken strictly: a key that comes twice, \`__proto__\`, \`constructor\` or \`prototype\` as a key, or more than 32 levels are
\`InvalidInput\` with the \`field\`. The same holds over a socket, where binary ends the connection.

\`\`\`sh
curl -i http://localhost:3000/api/accounts.signIn -H 'content-type: application/json' \\
  -d '{"username": "amara", "password": "…"}'
curl http://localhost:3000/api/accounts.me -H 'content-type: application/json' -H "authorization: Bearer $TOKEN" -d '{}'
\`\`\`

The examples below were asked of a real server by \`npm run docs\`; the test that holds this file up to date asks them again.
This is what a refusal looks like, here to somebody who has no seat in the room:

${exchange('messages.send', refusal)}

## Over a socket

Socket.IO 4 at \`/socket.io\`, WebSocket first, with long polling where that is not to be had. The cookie of our own page says
who it is, or a bearer token as \`auth: { token }\`. The server says \`hello\` first. A client asks with
\`socket.emitWithAck('ask', '<method>', input)\`; the acknowledgement is the answer. Methods marked *HTTP only* are \`NotFound\`
here, since their answers set a cookie; those marked *Socket only* are about the connection that asks, and are \`NotFound\`
over HTTP. When a session ends, its sockets are told \`signedOut\` and closed.

**A frame** is what one commit did to one place, the same for everyone in it, the sender included. It comes as \`told\`:

${json(frame)}

A **place** is a numbered log: \`room:<roomId>\`, or \`user:<userId>\` for what only that person sees. Its events are numbered
1, 2, 3 … without a gap. Apply events by number, never by arrival: what you hold already changes nothing, and where a
number is missing, ask \`sync.catchUp\` and apply nothing behind the gap until it is there. An event that changes a row does
nothing where the row you hold has the same \`rev\` or a newer one. Whoever asked is answered before the place is told.

**Opening.** After \`hello\`, ask \`sync.open\` with the epoch you know (or null), the last number you have applied in every
place you hold, and the number each room's line in your list was made from. From the moment it is asked, frames may
arrive: keep them until the answer is there, then apply both by number. The answer has, for each place you hold, the
events after your cursor or, where those are more than ${count(MAX_CATCH_UP)}, gone, or from before your seat, a fresh *head*: the state as of
a number. It has a line for each listed room that has changed, and names the places you have lost. Another epoch means
another history: everything comes fresh. A room you do not hold yet is fetched by \`sync.head\`. First start, reconnect and
second device are this same ask.

**Asking again is safe** where a method says *once*: send the same input with the same key until somebody answers, and you
get the first answer. Of the others, most change nothing, or leave the same state when they are repeated, though the second
answer may be a refusal: a room one has left already is \`NotFound\`. One does more: \`accounts.signIn\` begins another session
each time.
`.trimEnd()
}

function method(each: Method, { byMethod }: Examples): string {
  const limit = defaultLimits[each.limit]
  const facts = [
    `**Access:** ${accessText(each)}.`,
    `**Limit:** ${code(each.limit)}, ${count(limit.points)} in ${count(limit.seconds)} s.`,
    each.once ? `**Once:** by ${code(each.once)}.` : '',
    each.door === 'both' ? '' : each.door === 'http' ? '**HTTP only.**' : '**Socket only.**',
  ]
  const own = each.refusals.map((name) => `${code(name)} ${refusals[name].status}`)
  const example = byMethod.get(each.name)
  return `### ${each.name}

${each.means}

${facts.filter(Boolean).join(' ')}
${own.length > 0 ? `\n**Refuses with** ${own.join(', ')}, besides the general ones.\n` : ''}
${fields('input', each.input)}

${fields('answer', each.output)}
${example ? `\n<details><summary>Example</summary>\n\n${exchange(each.name, example)}\n\n</details>\n` : ''}`
}

function event(each: EventType): string {
  const facts = [
    `**Place:** ${each.place === 'room' ? 'the room' : 'a person’s own'}.`,
    `**Keeps:** ${each.keep ? each.keep.map(code).join(', ') || 'its number only' : 'everything'}.`,
    each.opens ? `**Opens:** who ${code(each.opens)} names hears the place from here on.` : '',
    each.closes ? `**Closes:** it is the last that who ${code(each.closes)} names hears.` : '',
  ]
  return `### ${each.name}

${each.means}

${facts.filter(Boolean).join(' ')}

${fields('data', each.data)}
`
}

function signal(each: Signal): string {
  return `## ${each.name}

${each.means}

${fields('data', each.data)}
`
}

function shape({ name, means, shape: given }: { name: string; means: string; shape: Shape }): string {
  const body = given._zod.def.type === 'object' ? fields('field', given, true) : `Is: ${anonymous(given)}.`
  return `### Shape: ${name}\n\n${means ? `${means}\n\n` : ''}${body}\n`
}

/** A table of fields; what is not an object is said in a line. */
function fields(title: string, given: Shape, open = false): string {
  const rows = fieldsOf(given, open)
  const [only] = rows
  if (only?.name === '' || only === undefined) return `${capital(title)}: ${only ? only.type : '`{}`'}.`
  return table(
    [title, 'is'],
    rows.map(({ name, type, optional }) => [code(name), `${type}${optional ? '; may be left out' : ''}`]),
  )
}

function refusalTable(codes: readonly RefusalCode[]): string {
  return table(
    ['code', 'status', 'means'],
    codes.map((name) => [code(name), String(refusals[name].status), refusals[name].means]),
  )
}

function exchange(name: string, { input, status, answer }: Example): string {
  if (status === null)
    return `\`\`\`js\nawait socket.emitWithAck('ask', '${name}', ${text(input)})\n// ${text(answer).replaceAll('\n', '\n// ')}\n\`\`\``
  return `\`\`\`http\nPOST /api/${name}\nContent-Type: application/json\n\n${text(input)}\n\nHTTP/1.1 ${status}\n\n${text(answer)}\n\`\`\``
}

const json = (value: unknown): string => `\`\`\`json\n${text(value)}\n\`\`\``
const text = (value: unknown): string => JSON.stringify(value, null, 2)
const capital = (word: string): string => word.slice(0, 1).toUpperCase() + word.slice(1)

function byFeature<T extends { name: string }>(list: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const each of list.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const feature = each.name.split('.')[0] ?? ''
    groups.set(feature, [...(groups.get(feature) ?? []), each])
  }
  return groups
}
