import { addToPage, emptyPage, scanMarks, type Heard, type Page } from './load/mark.ts'
import { openTcp } from './wire/tcp.ts'

/** The least an XMPP client must do over plain TCP: SASL PLAIN, bind, join, say, and ask the archive (MAM). */
export type XmppClient = {
  join(room: string, nick: string): Promise<void>
  sayInRoom(room: string, text: string): void
  sayTo(person: string, text: string): void
  /** The newest messages of a room, in one page. */
  newest(room: string, limit: number): Promise<Page>
  /** Everything in a room's archive after this id, in as many pages as the server makes of it. */
  after(room: string, id: string): Promise<Page>
  close: () => void
}

const STREAM =
  "<stream:stream to='localhost' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>"
const PAGE = 500

type Waiting = { text: string; until: RegExp; resolve: (text: string) => void; page: Page | undefined }

export async function openXmpp(
  port: number,
  user: string,
  password: string,
  heard: Heard,
  closed: (why: string) => void,
): Promise<XmppClient> {
  let rest: Buffer = Buffer.alloc(0)
  let waiting: Waiting | undefined
  let closing = false
  let queries = 0

  const socket = await openTcp(port, {
    bytes(chunk) {
      if (waiting) waiting.text += chunk.toString('latin1')
      // While a page is awaited, what comes is history, not somebody speaking now.
      const page = waiting?.page
      const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
      const end = scanMarks(bytes, 0, bytes.length, page ? (_, n) => addToPage(page, n) : heard)
      rest = end === bytes.length ? Buffer.alloc(0) : Buffer.from(bytes.subarray(end))
      if (waiting?.until.test(waiting.text)) {
        const { resolve, text } = waiting
        waiting = undefined
        resolve(text)
      }
    },
    closed(error) {
      if (!closing) closed(`${error?.message ?? 'closed by the server'} ${waiting?.text.slice(-500) ?? ''}`)
    },
  })

  function sendAndAwait(stanza: string, until: RegExp, page?: Page): Promise<string> {
    if (waiting) throw new Error('one answer is awaited already')
    return new Promise((resolve) => {
      waiting = { text: '', until, resolve, page }
      socket.write(stanza)
    })
  }

  async function query(room: string, rsm: string, page: Page): Promise<string> {
    const id = `q${queries++}`
    const answer = await sendAndAwait(
      `<iq type='set' id='${id}' to='${room}'><query xmlns='urn:xmpp:mam:2' queryid='${id}'>` +
        `<set xmlns='http://jabber.org/protocol/rsm'>${rsm}</set></query></iq>`,
      /<\/fin>|<fin[^>]*\/>|<iq[^>]*type='error'/,
      page,
    )
    if (answer.includes("type='error'")) throw new Error(answer.slice(-500))
    return answer.slice(answer.lastIndexOf('<fin'))
  }

  const credentials = Buffer.from(`\0${user}\0${password}`).toString('base64')
  const signedIn = await sendAndAwait(
    `${STREAM}<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>${credentials}</auth>`,
    /<success|<failure|<stream:error/,
  )
  if (!signedIn.includes('<success')) throw new Error(signedIn)
  await sendAndAwait(
    `${STREAM}<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>r</resource></bind></iq>` +
      `<presence/>`,
    /<\/jid><\/bind>/,
  )

  return {
    async join(room, nick) {
      const answer = await sendAndAwait(
        `<presence to='${room}/${nick}'><x xmlns='http://jabber.org/protocol/muc'><history maxstanzas='0'/></x></presence>`,
        /<status code='110'\/>|type='error'/,
      )
      if (answer.includes("type='error'")) throw new Error(answer.slice(-500))
    },
    sayInRoom(room, text) {
      socket.write(`<message type='groupchat' to='${room}'><body>${text}</body></message>`)
    },
    sayTo(person, text) {
      socket.write(`<message type='chat' to='${person}'><body>${text}</body></message>`)
    },
    async newest(room, limit) {
      const page = emptyPage()
      await query(room, `<max>${limit}</max><before/>`, page)
      return page
    },
    async after(room, id) {
      const page = emptyPage()
      for (let after = id; ;) {
        const fin = await query(room, `<max>${PAGE}</max><after>${after}</after>`, page)
        const last = /<last>([^<]+)<\/last>/.exec(fin)?.[1]
        if (fin.includes("complete='true'") || last === undefined) return page
        after = last
      }
    },
    close() {
      closing = true
      socket.destroy()
    },
  }
}
