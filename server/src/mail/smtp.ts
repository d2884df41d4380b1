import { createTransport } from 'nodemailer'
import { MailDelayed, MailRefused, type Mailer } from './mail.ts'
import type { MailServer } from './settings.ts'

/** How long a mail server gets for one mail, from the first word to its last, in ms. */
const PATIENCE = 10_000

/** Mail by SMTP: encrypted, or to this machine; one connection for each mail, so that none is left to go stale. */
export function createSmtp(server: MailServer, patience = PATIENCE): Mailer {
  const { host, port, isSecure, isLoopback, login, from } = server
  const domain = from.address.slice(from.address.lastIndexOf('@') + 1)
  const transport = createTransport({
    host,
    port,
    secure: isSecure,
    requireTLS: !isSecure && !isLoopback,
    tls: { minVersion: 'TLSv1.2', rejectUnauthorized: !isLoopback },
    name: domain,
    ...(login && { auth: { user: login.user, pass: login.password } }),
    connectionTimeout: patience,
    greetingTimeout: patience,
    socketTimeout: patience,
    dnsTimeout: patience,
    socketCloseTimeout: 1000,
    maxResponseSize: 64_000,
    maxRecipients: 1,
    disableFileAccess: true,
    disableUrlAccess: true,
  })

  return {
    isOn: true,
    send: async (mail, signal) => {
      const { mailId, to, subject, text, html, at } = mail
      const message = {
        from,
        // As an object it is one address, whatever stands in it.
        to: { name: '', address: to },
        subject,
        text,
        html,
        date: new Date(at),
        messageId: `<${mailId}@${domain}>`,
        headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
        signal: AbortSignal.any([signal, AbortSignal.timeout(patience)]),
      }
      await transport.sendMail(message).catch((error: unknown) => {
        throw reasonOf(error)
      })
    },
  }
}

type Fault = {
  code?: string
  originalCode?: string
  command?: string
  responseCode?: number
  response?: string
  permanent?: boolean
}

/** Why a mail was not taken, in words that name neither the address nor what the server said: both may hold secrets. */
function reasonOf(error: unknown): MailRefused | MailDelayed {
  const { code = '', originalCode = '', command = '', responseCode, response = '', permanent } = error as Fault
  const said = [responseCode, /\b[245]\.\d{1,3}\.\d{1,3}\b/.exec(response)?.[0]].filter(Boolean).join(' ')
  if (code === 'EAUTH')
    return new MailDelayed(`the mail server refuses the user and password of SMTP_URL (${said})`, true)
  if (/\bE(?:REQUIRE)?TLS\b|CERT|SSL|TLS_/.test(`${code} ${originalCode}`))
    return new MailDelayed('the mail server offers no TLS that can be trusted; SMTP_URL demands it', true)
  if (responseCode === undefined && code === 'EENVELOPE')
    return new MailRefused('the address is none that this mail server can be given')
  if (responseCode === undefined)
    return new MailDelayed(`the mail server of SMTP_URL is away (${code || 'unknown'})`, true)
  if (command === 'MAIL FROM')
    return new MailDelayed(`the mail server does not take mail from MAIL_FROM (${said})`, true)
  if (permanent && /^(?:RCPT TO|DATA|API)$/.test(command))
    return new MailRefused(`the mail server refuses it (${said})`)
  return new MailDelayed(`the mail server does not take it now (${said})`, command === 'CONN')
}
