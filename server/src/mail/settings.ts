import { MAIL_ADDRESS } from '@connectly/protocol'

/** Where mail is handed to, and who it says it is from. */
export type MailServer = {
  host: string
  port: number
  /** TLS from the first byte; otherwise by STARTTLS. */
  isSecure: boolean
  /** On this machine, so that nobody listens in between. */
  isLoopback: boolean
  login: { user: string; password: string } | null
  from: { name: string; address: string }
}

/** How mail leaves: part of the settings. */
export const mailSettings = {
  SMTP_URL: {
    doc: 'A mail server to hand mail to, with user and password: smtps:// (TLS at once, port 465) or smtp:// (STARTTLS, which is demanded except on this machine, port 587). Without it, mails are put into the folder outbox in DATA_DIR.',
    default: null,
    example: 'smtps://connectly:password@mail.example.org:465',
  },
  MAIL_FROM: {
    doc: 'The address that mail comes from, with a name if you like. SMTP_URL needs it.',
    default: null,
    example: 'Connectly <chat@example.org>',
  },
} as const

type Name = keyof typeof mailSettings

/** Reads where mail goes; null is the outbox folder. Problems say what to do, and never what stands in `SMTP_URL`. */
export function readMailServer(read: (name: Name) => string | null, problems: string[]): MailServer | null {
  const [smtpUrl, mailFrom] = [read('SMTP_URL'), read('MAIL_FROM')]
  const from = mailFrom === null ? null : readFrom(mailFrom)
  const before = problems.length
  if (mailFrom !== null && from === null)
    problems.push('MAIL_FROM takes an address, or a name and an address like Connectly <chat@example.org>.')
  if (smtpUrl === null) return null
  if (mailFrom === null) problems.push('MAIL_FROM is missing; SMTP_URL needs it: the address that mail comes from.')

  const url = URL.parse(smtpUrl)
  const [user, password] = [decoded(url?.username), decoded(url?.password)]
  if (!url || !/^smtps?:$/.test(url.protocol) || url.hostname === '')
    problems.push('SMTP_URL takes an address like smtps://user:password@mail.example.org:465.')
  else if (!/^\/?$/.test(url.pathname) || url.search || url.hash)
    problems.push(
      'SMTP_URL ends after the port. A user or password with one of / ? # @ : % in it is written with %2F %3F %23 %40 %3A %25.',
    )
  else if (user === null || password === null)
    problems.push('SMTP_URL has a % in its user or password that is not written as %25.')
  else if ((user === '') !== (password === ''))
    problems.push('SMTP_URL takes both a user and a password, or neither of them.')
  if (problems.length > before || !url || !from) return null

  const isSecure = url.protocol === 'smtps:'
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  return {
    host,
    port: url.port === '' ? (isSecure ? 465 : 587) : Number(url.port),
    isSecure,
    isLoopback: /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/i.test(host),
    login: user && password ? { user, password } : null,
    from,
  }
}

/** `Name <address>`, `"Name" <address>` or an address alone. */
function readFrom(text: string): MailServer['from'] | null {
  const [, quoted, plain, inside, bare] = /^(?:(?:"([^"<>]*)"\s*|([^"<>]*))<([^<>\s]+)>|([^<>\s]+))$/.exec(text) ?? []
  const [name, address] = [(quoted ?? plain ?? '').trim(), inside ?? bare ?? '']
  const isAddress = MAIL_ADDRESS.test(address) || /^[^\s@<>"]{1,64}@localhost$/.test(address)
  return isAddress && name.length <= 64 && !/\p{C}/u.test(name) ? { name, address } : null
}

function decoded(text = ''): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}
