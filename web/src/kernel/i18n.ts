import type { MessageBody, RefusalCode, SystemBody, TextBody } from '@connectly/protocol'
import { en } from '../texts/en.ts'
import type { auth } from '../texts/en-auth.ts'
import type { entry } from '../texts/en-entry.ts'
import type { enLate } from '../texts/en-late.ts'
import type { record, recordDetails, security } from '../texts/en-security.ts'

type Forms = { readonly other: string } & { readonly [form in Intl.LDMLPluralRule]?: string }
type Text = string | Forms
type Section = { readonly [key: string]: Text }

/** A catalogue has every key of the English one: a plain text where that has one, plural forms where it has forms. */
export type Catalogue = {
  readonly [S in keyof English]: { readonly [K in keyof English[S]]: English[S][K] extends string ? string : Forms }
}
type Early = typeof en
type English = Early &
  typeof enLate & {
    auth: typeof auth
    entry: typeof entry
    security: typeof security
    record: typeof record
    recordDetails: typeof recordDetails
  }

/** `section.key` of every text. */
export type TextKey = { [S in keyof English]: `${S & string}.${keyof English[S] & string}` }[keyof English]

type TextOf<K extends TextKey> = K extends `${infer S extends keyof English}.${infer Name}`
  ? Name extends keyof English[S]
    ? English[S][Name]
    : never
  : never
type Names<T> = T extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never
type Params<K extends TextKey> =
  TextOf<K> extends Forms
    ? { count: number } & Record<Exclude<Names<TextOf<K>['other']>, 'count'>, string | number>
    : Record<Names<TextOf<K>>, string | number>

/** Languages besides English, each a chunk of its own: `de: async () => (await import('../texts/de.ts')).de`. */
const languages: Record<string, () => Promise<Catalogue>> = {}

const rightToLeft = ['ar', 'ckb', 'dv', 'fa', 'he', 'ks', 'ps', 'sd', 'ug', 'ur', 'yi']
const rightToLeftLetters = /[\p{sc=Arabic}\p{sc=Hebrew}\p{sc=Syriac}\p{sc=Thaana}\p{sc=Nko}\p{sc=Adlam}]/u
const leftToRightLetters = /[\p{sc=Latin}\p{sc=Cyrillic}\p{sc=Greek}]/u

let texts: Partial<Catalogue> = en
let locale = 'en'

/**
 * Takes the first of these languages that there is a catalogue for, loads it, and sets `lang` and `dir` on the page.
 * Dates and numbers follow the region of the wished language (24 h in en-GB, 12 h in en-US).
 */
export async function loadLanguage(wished: readonly string[]): Promise<void> {
  const found = wished.find((tag) => languageOf(tag) === 'en' || languageOf(tag) in languages) ?? 'en'
  texts = (await languages[languageOf(found)]?.()) ?? { ...texts, ...en }
  locale = found
  document.documentElement.lang = languageOf(found)
  document.documentElement.dir = directionOf(found)
}

/** Adds the English texts of what is loaded later; another language has them from the start. */
export function addTexts(more: Partial<Catalogue>): void {
  texts = { ...more, ...texts }
}

/** The direction a language is written in. */
export function directionOf(tag: string): 'ltr' | 'rtl' {
  const known: Intl.Locale & { getTextInfo?: () => { direction?: string } } = new Intl.Locale(tag)
  const direction = known.getTextInfo?.().direction
  return (direction ?? (rightToLeft.includes(known.language) ? 'rtl' : 'ltr')) === 'rtl' ? 'rtl' : 'ltr'
}

/** The text of a key, with its parameters in place; `count` picks the plural form. */
export function t<K extends TextKey>(key: K, ...params: keyof Params<K> extends never ? [] : [Params<K>]): string {
  return textOf(key, params[0])
}

/** What a refusal says to a person. An unknown code, from a newer server, is a fault of ours. */
export function refusalText(code: RefusalCode, params: Readonly<Record<string, string | number>> = {}): string {
  const key = code in en.refusals ? code : 'Internal'
  const until = params['until'] === undefined ? t('states.later') : moment(Number(params['until']))
  return textOf(`refusals.${key}`, { ...params, until, count: Number(params['retryAfter'] ?? 1) })
}

/** What a message says, in words: its text, what the room reports, or the fallback of a kind this client doesn't know. */
export function bodyText(body: MessageBody): string {
  if (isText(body)) return body.text
  if (isSystem(body)) return systemText(body)
  if (body.kind === 'deleted') return t('room.deleted')
  return 'fallback' in body ? body.fallback : ''
}

/** 21:09, or 9:09 PM where people write it so; 09:05 or 9:05 likewise. */
export function time(at: number): string {
  return dates(clock()).format(at)
}

/** A moment to come: 21:09 today, else Friday, 23 May at 21:09. */
export function moment(at: number, now = Date.now()): string {
  if (daysBetween(at, now) === 0) return time(at)
  const day = { weekday: 'long', day: 'numeric', month: 'long', ...yearUnless(at, now) } as const
  return dates({ ...day, ...clock() }).format(at)
}

/** Today, Yesterday, a weekday within the last seven days, else the date. */
export function day(at: number, now = Date.now()): string {
  const ago = daysBetween(at, now)
  if (ago === 0 || ago === 1)
    return capital(new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(-ago, 'day'))
  if (ago > 1 && ago < 7) return capital(dates({ weekday: 'long' }).format(at))
  return dates({ day: 'numeric', month: 'long', ...yearUnless(at, now) }).format(at)
}

/** As short as a list wants it: the time today, the weekday this week, else the date. */
export function listTime(at: number, now = Date.now()): string {
  const ago = daysBetween(at, now)
  if (ago <= 0) return time(at)
  if (ago < 7) return dates({ weekday: 'short' }).format(at)
  return dates({ day: 'numeric', month: 'short', ...yearUnless(at, now) }).format(at)
}

/** June 2024. */
export function month(at: number): string {
  return dates({ month: 'long', year: 'numeric' }).format(at)
}

/** A whole number as people write it here. */
export function number(value: number): string {
  return value.toLocaleString(locale)
}

/** Names joined as in a sentence: Priya and Dae-jung. */
export function list(names: readonly string[]): string {
  return new Intl.ListFormat(locale, { type: 'conjunction' }).format(names)
}

function isText(body: MessageBody): body is TextBody {
  return body.kind === 'text' && 'text' in body
}

function isSystem(body: MessageBody): body is SystemBody {
  return body.kind === 'system' && 'names' in body
}

/** `names` begins with who did it; whom or what it was done to follows. */
function systemText({ code, names: [name = '', other] }: SystemBody): string {
  switch (code) {
    case 'groupCreated':
      return t('system.groupCreated', { name })
    case 'memberAdded':
      return other === undefined ? t('system.memberJoined', { name }) : t('system.memberAdded', { name, other })
    case 'memberLeft':
      return t('system.memberLeft', { name })
    case 'memberRemoved':
      return other === undefined ? t('system.memberLeft', { name }) : t('system.memberRemoved', { name, other })
    case 'renamed':
      return t('system.renamed', { name, other: other ?? '' })
    case 'handedOver':
      return t('system.handedOver', { name, other: other ?? '' })
  }
}

function textOf(key: string, params: Readonly<Record<string, string | number>> = {}): string {
  const dot = key.indexOf('.')
  const text = (texts as Readonly<Record<string, Section>>)[key.slice(0, dot)]?.[key.slice(dot + 1)] ?? key
  const form = typeof text === 'string' ? text : (text[plurals().select(Number(params['count']))] ?? text.other)
  return form.replace(/\{(\w+)\}/g, (all, param: string) => {
    const value = params[param]
    return typeof value === 'number' ? number(value) : value === undefined ? all : isolated(value)
  })
}

/** A name of the other direction would turn the sentence around it: it is set apart as `<bdi>` would do it. */
function isolated(value: string): string {
  const foreign = directionOf(locale) === 'rtl' ? leftToRightLetters : rightToLeftLetters
  return foreign.test(value) ? `\u2068${value}\u2069` : value
}

function languageOf(tag: string): string {
  return new Intl.Locale(tag).language
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** Making a format costs about a hundred times what using it does. */
function dates(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = locale + JSON.stringify(options)
  let format = formats.get(key)
  if (!format) formats.set(key, (format = new Intl.DateTimeFormat(locale, options)))
  return format
}

const nine = new Date(2026, 0, 1, 9)

/** Hours and minutes as people write them here: asked for by itself, `numeric` is 9:05 where they write 09:05. */
function clock(): Intl.DateTimeFormatOptions {
  const parts = dates({ timeStyle: 'short' }).formatToParts(nine)
  const isLong = parts.some(({ type, value }) => type === 'hour' && value.length > 1)
  return { hour: isLong ? '2-digit' : 'numeric', minute: '2-digit' }
}

let rules: { locale: string; plurals: Intl.PluralRules } | undefined
function plurals(): Intl.PluralRules {
  if (rules?.locale !== locale) rules = { locale, plurals: new Intl.PluralRules(locale) }
  return rules.plurals
}

function daysBetween(at: number, now: number): number {
  return Math.round((midnight(now) - midnight(at)) / 86_400_000)
}

function midnight(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0)
}

function yearUnless(at: number, now: number): Intl.DateTimeFormatOptions {
  return new Date(at).getFullYear() === new Date(now).getFullYear() ? {} : { year: 'numeric' }
}

function capital(text: string): string {
  const first = text.slice(0, 1)
  return first.toLocaleUpperCase(locale) + text.slice(1)
}
