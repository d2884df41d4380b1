import { linkUrl, type LinkPath } from '@connectly/protocol'
import type { MailName, MailParams } from '../kernel/mails.ts'
import type { Seals } from '../kernel/seals.ts'
import type { LinkRow, MailRow } from '../kernel/tables.ts'
import { asHtml } from './html.ts'
import { letters, wordsFor, type Around, type Letter } from './letters.ts'
import type { Mail } from './mail.ts'
import { asText } from './text.ts'

/** Where the link of each purpose leads. */
const paths: Readonly<Record<string, LinkPath>> = { confirm: 'confirm', reset: 'reset', notMe: 'notMe', stay: 'stay' }

/** Where mail comes from: the address of this server, without a slash at the end, and who runs it. */
export type House = { url: string; operator: string | null }

/** A mail that waits, as it leaves. Its link's token is made here and now, and is kept nowhere. */
export function compose(row: MailRow, link: LinkRow | null, seals: Seals, { url, operator }: House): Mail {
  if (!isMailName(row.template)) throw new Error(`there is no mail ${row.template}`)
  const words = wordsFor(row.language)
  const path = link && paths[link.purpose]
  const opens = path ? linkUrl(url, path, seals.linkToken(link.linkId)) : ''
  const around: Around = {
    url,
    link: opens,
    code: link ? seals.code(link.linkId) : '',
    until: link?.expiresAt ?? 0,
    time: (at) => shown(at, words.locale, row.timeZone, clockTime),
    day: (at) => shown(at, words.locale, row.timeZone, { day: 'numeric', month: 'long' }),
  }
  const letter = letterOf(row.template, words, row.params, around)
  const host = URL.parse(url)?.host ?? url
  const from = operator === null ? host : words.runBy(host, operator)
  return {
    mailId: row.mailId,
    template: row.template,
    to: row.to,
    subject: letter.subject,
    text: asText(letter, from),
    html: asHtml(letter, words.locale.slice(0, 2), words.direction, from),
    link: opens || null,
    at: row.createdAt,
  }
}

const isMailName = (template: string): template is MailName => Object.hasOwn(letters, template)

/** The row was written by `postMail`, which does not compile with the facts of another mail. */
const letterOf = <Name extends MailName>(
  template: Name,
  words: Parameters<(typeof letters)[Name]>[0],
  params: Record<string, unknown>,
  around: Around,
): Letter => letters[template](words, params as MailParams[Name], around)

const clockTime: Intl.DateTimeFormatOptions = {
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  hour: '2-digit',
  minute: '2-digit',
  timeZoneName: 'short',
}

/** As the reader's own clock shows it; in UTC where their time zone is not known. */
function shown(at: number, locale: string, timeZone: string, options: Intl.DateTimeFormatOptions): string {
  try {
    return new Intl.DateTimeFormat(locale, { ...options, timeZone: timeZone || 'UTC' }).format(at)
  } catch {
    return new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC' }).format(at)
  }
}
