import { pagePaths } from '@connectly/protocol'
import type { MailName, MailParams } from '../kernel/mails.ts'
import { english, type Words } from './words-en.ts'

/** One thing after another in a mail. `plain` is what plain text says instead, where it has no button or link. */
export type Part =
  | { is: 'text'; text: string; plain?: string; strong?: string }
  | { is: 'small'; text: string; link?: { label: string; url: string } }
  | { is: 'code'; code: string }
  | { is: 'button'; label: string; url: string; plain: string; isDanger?: true }
  | { is: 'facts'; rows: readonly (readonly [string, string])[] }

/** A mail as it is composed: one thought, one button, and why it came. */
export type Letter = {
  subject: string
  preview: string
  heading: string
  parts: readonly Part[]
  why: readonly string[]
}

/** What a letter needs besides what it tells of. */
export type Around = {
  /** Where this server is, without a slash at the end. */
  url: string
  /** The address of its link, with its token; empty where it has none. */
  link: string
  /** The six digits that belong to its link. */
  code: string
  /** When its link ends, in ms. */
  until: number
  /** A time as its reader's clock shows it, and the day alone. */
  time: (at: number) => string
  day: (at: number) => string
}

type Letters = { [Name in MailName]: (words: Words, params: MailParams[Name], around: Around) => Letter }

/** Every mail of the house. */
export const letters: Letters = {
  verification: ({ verification: says }, { name }, { link, code }) => {
    const spaced = `${code.slice(0, 3)} ${code.slice(3)}`
    return {
      subject: says.subject(spaced),
      preview: says.preview,
      heading: says.heading(harmless(name)),
      parts: [
        { is: 'text', text: says.type, plain: says.typePlain },
        { is: 'code', code: spaced },
        { is: 'button', label: says.button, url: link, plain: says.open },
        { is: 'small', text: says.until },
      ],
      why: [],
    }
  },

  addressTaken: ({ addressTaken: says }, { username }, { url }) => ({
    ...fixed(says),
    parts: [
      { is: 'text', text: says.body(username), strong: `@${username}` },
      { is: 'button', label: says.button, url: url + pagePaths.signIn, plain: says.open },
      { is: 'small', text: says.forgot, link: { label: says.choose, url: url + pagePaths.askReset } },
      { is: 'small', text: says.ignore },
    ],
    why: [],
  }),

  addressChanged: (words, params, around) => notice(words, words.addressChanged, params, around),

  reset: (words, { username, device, from, at }, { link, until, time }) => {
    const { reset: says } = words
    return {
      ...fixed(says),
      parts: [
        { is: 'text', text: says.body(username), strong: `@${username}` },
        { is: 'button', label: says.button, url: link, plain: says.open },
        { is: 'small', text: says.until(time(until)) },
        { is: 'small', text: says.ignore },
      ],
      why: [says.why(device, words.places[from], time(at))],
    }
  },

  newDevice: (words, { device, from, at }, { link, time }) => {
    const { newDevice: says } = words
    return {
      ...fixed(says),
      preview: says.preview(device, time(at)),
      parts: [
        { is: 'text', text: says.body },
        { is: 'facts', rows: [deviceRow(words, device), [words.from, words.places[from]], [words.when, time(at)]] },
        { is: 'text', text: says.fine },
        { is: 'button', label: says.button, url: link, plain: says.open, isDanger: true },
        { is: 'small', text: says.does },
      ],
      why: [words.always],
    }
  },

  passwordChanged: (words, params, around) => notice(words, words.passwordChanged, params, around),

  recoveryUsed: (words, { name, left, device, at }, around) => {
    const { subject, preview, heading, body } = words.recoveryUsed
    const says = { subject, preview: preview(left), heading, body: () => body(name, left) }
    return notice(words, says, { name, device, at }, around)
  },

  factorAdded: (words, params, around) => factorNotice(words, words.factorAdded, params, around),
  factorRemoved: (words, params, around) => factorNotice(words, words.factorRemoved, params, around),

  copyAsked: (words, { name, readyAt, expiresAt }, { time }) => {
    const { copyAsked: says } = words
    const rows = [[says.ready, time(readyAt)] as const, [says.until, time(expiresAt)] as const]
    return {
      ...fixed(says),
      preview: says.preview(time(readyAt)),
      parts: [
        { is: 'text', text: says.body(name) },
        { is: 'facts', rows },
        { is: 'small', text: says.stop },
      ],
      why: [words.always],
    }
  },

  copyReady: ({ copyReady: says }, { name, expiresAt }, { url, time }) => ({
    ...fixed(says),
    preview: says.preview(time(expiresAt)),
    parts: [
      { is: 'text', text: says.body(name) },
      { is: 'facts', rows: [[says.until, time(expiresAt)]] },
      { is: 'button', label: says.button, url: url + pagePaths.signIn, plain: says.open },
    ],
    why: [],
  }),

  leaving: (words, { name, leavesAt, messages }, { link, time, day }) => {
    const { leaving: says } = words
    const rows = [[says.on, time(leavesAt)] as const, [says.messages, says.become[messages]] as const]
    return {
      subject: says.subject(day(leavesAt)),
      preview: says.preview,
      heading: says.heading(day(leavesAt)),
      parts: [
        { is: 'text', text: says.body(name) },
        { is: 'facts', rows },
        { is: 'button', label: says.button, url: link, plain: says.open },
        { is: 'small', text: says.same },
      ],
      why: [words.always],
    }
  },

  left: ({ left: says }, { name }) => ({
    ...fixed(says),
    parts: [
      { is: 'text', text: says.body(name) },
      { is: 'text', text: says.thanks },
    ],
    why: [],
  }),
}

const languages: ReadonlyMap<string, Words> = new Map([['en', english]])

/** The words for a reader of this language, as `pt-BR`; English where there are none. */
export const wordsFor = (language: string): Words =>
  languages.get(language) ?? languages.get(language.split('-', 1)[0] ?? '') ?? english

type Fixed = { subject: string; preview?: unknown; heading: string }
const fixed = ({ subject, preview, heading }: Fixed) => ({
  subject,
  preview: typeof preview === 'string' ? preview : '',
  heading,
})

type Notice = { subject: string; preview: string; heading: string; body: (name: string) => string }

/** Something that was done to an account, from what, and when. */
const notice = (
  words: Words,
  says: Notice,
  { name, device, at }: { name: string; device: string; at: number },
  { time }: Around,
): Letter => ({
  ...fixed(says),
  parts: [
    { is: 'text', text: says.body(name) },
    { is: 'facts', rows: [deviceRow(words, device), [words.when, time(at)]] },
    { is: 'small', text: words.wasNotYou },
  ],
  why: [words.always],
})

const factorNotice = (
  words: Words,
  says: Words['factorAdded'] | Words['factorRemoved'],
  params: MailParams['factorAdded'],
  around: Around,
): Letter => {
  const what = words.factors[params.what]
  const heading = typeof says.heading === 'string' ? says.heading : says.heading(what)
  const body = (name: string) => says.body(name, what)
  return notice(words, { subject: says.subject(what), preview: says.preview, heading, body }, params, around)
}

const deviceRow = (words: Words, device: string) => [words.device, device || words.unknownDevice] as const

/**
 * A name, or nothing where a mail program would make a link of it: this goes to an address that nobody has confirmed, so
 * whoever made up the name may want to reach somebody else by us.
 */
const harmless = (name: string): string => (/\S[.:/\\]\S|[@]|www|http/i.test(name) ? '' : name)
