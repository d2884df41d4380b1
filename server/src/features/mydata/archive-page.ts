import type { Message, UserId } from '@connectly/protocol'
import type { SeatRow } from '../rooms/index.ts'

/* Pages to read a copy by, without anything but the copy itself: plain HTML, no script. */

/** A room of whoever the copy is for, and what its files are called. */
export type RoomEntry = { seat: SeatRow; name: string; kind: string; file: string }

/** What is in the copy, with a way to each part. */
export function overviewPage(files: Record<string, unknown>, rooms: readonly RoomEntry[]): string {
  const parts = Object.entries(files).map(
    ([name, value]) =>
      `<li><a href="${escape(name)}">${escape(name)}</a>${Array.isArray(value) ? ` (${value.length})` : ''}</li>`,
  )
  const chats = rooms.map(
    ({ name, file }) =>
      `<li><a href="messages/${file}.html">${escape(name)}</a> (<a href="messages/${file}.json">JSON</a>)</li>`,
  )
  return page(
    'Your copy',
    `<p>Everything that is yours on this server, and what others wrote to you, as it was when you fetched this copy.</p>
<h2>Your account</h2><ul>${parts.join('')}</ul>
<h2>Your chats</h2><ul>${chats.join('')}</ul>`,
  )
}

/** One room, oldest first. */
export async function* messagesPage(
  room: RoomEntry,
  namesOf: (ids: readonly UserId[]) => Promise<ReadonlyMap<UserId, string>>,
  pages: AsyncIterable<Message[]>,
): AsyncGenerator<string> {
  const [head = '', foot = ''] = page(room.name, '\u0000').split('\u0000')
  yield `${head}<p><a href="../index.html">All of it</a></p><ol>`
  for await (const messages of pages) {
    const names = await namesOf([...new Set(messages.map((message) => message.authorId))])
    yield messages.map((message) => lineOf(message, names.get(message.authorId) ?? '')).join('')
  }
  yield `</ol>${foot}`
}

function lineOf({ at, body }: Message, name: string): string {
  const said =
    'text' in body ? escape(body.text) : body.kind === 'deleted' ? '<i>deleted</i>' : `<i>${escape(body.kind)}</i>`
  const time = new Date(at).toISOString()
  return `<li><b>${escape(name)}</b> <time datetime="${time}">${time.slice(0, 16).replace('T', ' ')}</time><div>${said}</div></li>\n`
}

const page = (title: string, body: string): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escape(title)}</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem}ol{list-style:none;padding:0}
li{margin:.5rem 0}li div{white-space:pre-wrap;overflow-wrap:anywhere}time{color:#667;font-size:.8em}</style></head>
<body><h1>${escape(title)}</h1>${body}</body></html>
`

const escape = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
