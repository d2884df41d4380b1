import type { AddressInfo, Socket } from 'node:net'
import { createServer } from 'node:net'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import type { MailServer } from './mail/settings.ts'

/* A real mail server on a port of its own, which keeps what it is handed; and one that hangs. For tests. */

/** A mail as it arrived: who it was handed over for, and what stood on the wire, taken apart. */
export type Arrived = {
  from: string
  to: string[]
  login: string | null
  isEncrypted: boolean
  /** Whether the addresses needed a server that takes all scripts. */
  isUtf8: boolean
  /** Every byte, as it came. */
  raw: string
  /** Headers by their name in small letters, folded lines joined, not decoded. */
  headers: Record<string, string[]>
  subject: string
  text: string
  html: string
}

type Replies = {
  /** Refuses the hand-over at this point with this code. */
  atSender?: number
  atRecipient?: number
  atData?: number
}

/** Starts a mail server. `replies` may be changed while it runs. */
export async function startMailServer(options: SMTPServerOptions = {}) {
  const arrived: Arrived[] = []
  const waiters = new Set<() => void>()
  const replies: Replies = {}
  const no = (code: number | undefined): Error | null =>
    code === undefined ? null : Object.assign(new Error(`no to secret@example.org`), { responseCode: code })
  let attempts = 0

  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    hideSMTPUTF8: false,
    logger: false,
    onAuth: ({ username }, _session, done) => done(null, { user: username }),
    onMailFrom: (_address, _session, done) => {
      attempts++
      done(no(replies.atSender))
      waiters.forEach((look) => look())
    },
    onRcptTo: (_address, _session, done) => done(no(replies.atRecipient)),
    onData: (stream, session, done) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const refusal = no(replies.atData)
        if (refusal) return done(refusal)
        const { mailFrom, rcptTo } = session.envelope
        arrived.push({
          from: mailFrom ? mailFrom.address : '',
          to: rcptTo.map(({ address }) => address),
          login: (session.user as string | undefined) ?? null,
          isEncrypted: session.secure,
          isUtf8: session.envelope.smtpUtf8 ?? false,
          ...takeApart(Buffer.concat(chunks).toString()),
        })
        done()
        waiters.forEach((look) => look())
      })
    },
    ...options,
  })
  server.on('error', () => undefined)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))

  const to = (address: string) => arrived.filter((mail) => mail.to.some((each) => sameBox(each, address)))
  /** Waits until this holds; fails after five seconds. */
  const until = (holds: () => boolean, what = 'a mail'): Promise<void> =>
    new Promise((done, fail) => {
      const limit = setTimeout(() => fail(new Error(`did not happen: ${what}`)), 5000)
      const look = () => {
        if (!holds()) return
        waiters.delete(look)
        clearTimeout(limit)
        done()
      }
      waiters.add(look)
      look()
    })

  return {
    port: (server.server.address() as AddressInfo).port,
    settings: localServer((server.server.address() as AddressInfo).port),
    arrived,
    replies,
    attempts: () => attempts,
    until,
    /** All that came for this address, however it was written. */
    to,
    /** The mail to this address that came as the `nth`, waited for. */
    mailTo: async (address: string, nth = 1): Promise<Arrived> => {
      await until(() => to(address).length >= nth, `mail ${nth} to ${address}`)
      return to(address)[nth - 1] as Arrived
    },
    stop: () => new Promise<void>((done) => server.close(() => done())),
  }
}
export type TestMailServer = Awaited<ReturnType<typeof startMailServer>>

const sameBox = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

/** Something that takes connections and never says a word. */
export async function startHangingServer() {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    settings: localServer((server.address() as AddressInfo).port),
    connections: () => sockets.size,
    stop: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise<void>((done) => server.close(() => done()))
    },
  }
}

/** The settings of a mail server on this machine. */
export const localServer = (port: number): MailServer => ({
  host: '127.0.0.1',
  port,
  isSecure: false,
  isLoopback: true,
  login: null,
  from: { name: 'Connectly', address: 'chat@example.org' },
})

/** The address behind a mail's button, and its token. */
export function linkIn(mail: Arrived): { url: string; token: string } {
  const [, url = '', token = ''] = /(https?:\/\/\S+#(\S+))/.exec(mail.text) ?? []
  return { url, token }
}

/** The six digits of a mail. */
export const codeIn = (mail: Arrived): string => /^ {4}(\d{3}) (\d{3})$/m.exec(mail.text)?.slice(1).join('') ?? ''

function takeApart(raw: string): Pick<Arrived, 'raw' | 'headers' | 'subject' | 'text' | 'html'> {
  const whole = partOf(raw)
  const boundary = /boundary="?([^";]+)/.exec(whole.headers['content-type']?.[0] ?? '')?.[1]
  const parts = boundary
    ? whole.body
        .split(`--${boundary}`)
        .slice(1, -1)
        .map((each) => partOf(each.trimStart()))
    : [whole]
  const held = (type: string) =>
    parts.filter((part) => part.headers['content-type']?.[0]?.startsWith(type)).map(decoded)[0] ?? ''
  const { headers } = whole
  return {
    raw,
    headers,
    subject: words(headers['subject']?.[0] ?? ''),
    text: held('text/plain'),
    html: held('text/html'),
  }
}

type Part = { headers: Record<string, string[]>; body: string }

function partOf(raw: string): Part {
  const [head = '', ...rest] = raw.split('\r\n\r\n')
  const headers: Record<string, string[]> = {}
  for (const line of head.replace(/\r\n[ \t]+/g, ' ').split('\r\n')) {
    const at = line.indexOf(':')
    const name = line.slice(0, at).toLowerCase()
    ;(headers[name] ??= []).push(line.slice(at + 1).trim())
  }
  return { headers, body: rest.join('\r\n\r\n') }
}

function decoded({ headers, body }: Part): string {
  const encoding = headers['content-transfer-encoding']?.[0]?.toLowerCase()
  const bytes =
    encoding === 'base64'
      ? Buffer.from(body, 'base64')
      : encoding === 'quoted-printable'
        ? unquoted(body.replace(/=\r\n/g, ''))
        : Buffer.from(body)
  return bytes.toString().replaceAll('\r\n', '\n')
}

/** Encoded words in a header. */
const words = (value: string): string =>
  value
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?utf-8\?(b|q)\?([^?]*)\?=/gi, (_all, kind: string, held: string) =>
      (kind.toLowerCase() === 'b' ? Buffer.from(held, 'base64') : unquoted(held.replaceAll('_', ' '))).toString(),
    )

const unquoted = (text: string): Buffer =>
  Buffer.from(
    text.replace(/=([0-9A-F]{2})/gi, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  )
