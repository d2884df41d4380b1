import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { MailName, MailParams } from '../kernel/mails.ts'
import { postMail } from '../kernel/mails.ts'
import { createSeals } from '../kernel/seals.ts'
import type { LinkRow, MailRow } from '../kernel/tables.ts'
import { compose } from './compose.ts'
import { letters, wordsFor } from './letters.ts'
import { english } from './words-en.ts'

const AT = Date.UTC(2026, 4, 30, 19, 14)
const HOSTILE = `<img src=x onerror=alert(1)>"'&\`</style><script>`
const seals = createSeals('a key for tests, long enough to be one', () => AT)
const device = 'Firefox on Linux'

/** One of each, with something in every field. */
const samples: { [Name in MailName]: MailParams[Name] } = {
  verification: { name: 'Noor' },
  addressTaken: { name: 'Noor', username: 'noor.h' },
  addressChanged: { name: 'Noor', device, at: AT },
  reset: { username: 'noor.h', device, from: 'internet', at: AT },
  newDevice: { name: 'Noor', device, from: 'network', at: AT },
  passwordChanged: { name: 'Noor', device, at: AT },
  recoveryUsed: { name: 'Noor', left: 3, device, at: AT },
  factorAdded: { name: 'Noor', what: 'passkey', device, at: AT },
  factorRemoved: { name: 'Noor', what: 'totp', device, at: AT },
  copyAsked: { name: 'Noor', readyAt: AT, expiresAt: AT },
  copyReady: { name: 'Noor', readyAt: AT, expiresAt: AT },
  leaving: { name: 'Noor', leavesAt: AT, messages: 'keep' },
  left: { name: 'Noor' },
}
const purposes: Partial<Record<MailName, string>> = {
  verification: 'confirm',
  reset: 'reset',
  newDevice: 'notMe',
  leaving: 'stay',
}
const names = Object.keys(letters) as MailName[]

const composed = (template: MailName, params: object = samples[template], more: Partial<MailRow> = {}) =>
  compose(
    {
      mailId: 'm',
      to: 'noor@example.org',
      template,
      params: params as Record<string, unknown>,
      linkId: null,
      language: '',
      timeZone: '',
      tries: 0,
      createdAt: AT,
      nextAt: AT,
      ...more,
    },
    linkFor(purposes[template]),
    seals,
    { url: 'https://chat.example.org', operator: null },
  )

const linkFor = (purpose: string | undefined): LinkRow | null =>
  purpose === undefined
    ? null
    : { linkId: 'link-1', purpose, userId: null, data: {}, tries: 0, createdAt: AT, expiresAt: AT + 1_800_000 }

for (const name of names)
  test(`${name}: a subject, one thought, at most one button, the same in plain words, and nothing from elsewhere`, () => {
    const mail = composed(name)

    const hrefs = [...mail.html.matchAll(/href="([^"]*)"/g)].map(([, url = '']) => url)
    assert.ok(mail.subject.length > 0 && mail.subject.length <= 70, mail.subject)
    assert.match(mail.html, /^<!doctype html>\n<html lang="en" dir="ltr">/)
    assert.match(mail.html, /prefers-color-scheme:dark/)
    assert.ok([...mail.html.matchAll(/border-radius:999px;"><a /g)].length <= 1)
    assert.doesNotMatch(mail.html, /<(?:img|script|link|iframe|form)|url\(|@import|undefined|\[object/i)
    assert.doesNotMatch(mail.text, /undefined|\[object|<|&amp;/)
    for (const url of hrefs)
      assert.ok(url.startsWith('https://chat.example.org/') && mail.text.includes(`\n${url}\n`), url)
    for (const line of mail.text.split('\n')) assert.ok(line.length <= 72 || line.startsWith('https:'), line)
    assert.match(mail.text, /\n--\n[^]*chat\.example\.org\n$/)
    if (purposes[name]) assert.ok(mail.link?.endsWith(`#${seals.linkToken('link-1')}`))
    else assert.equal(mail.link, null)
  })

test('whatever people call themselves, it is text and not HTML', () => {
  for (const name of names) {
    const params = Object.fromEntries(
      Object.entries(samples[name]).map(([key, value]) => [
        key,
        ['name', 'username', 'device'].includes(key) ? HOSTILE : value,
      ]),
    )

    const mail = composed(name, params)

    assert.doesNotMatch(mail.html, /<img|<script|onerror=alert\(1\)>/, name)
    assert.equal([...mail.html.matchAll(/<\/style>/g)].length, 1, name)
  }
})

test('a name that a mail program would make a link of is left out of the mail to an address that nobody confirmed', () => {
  for (const name of ['Win at http://evil.example', 'evil.example', 'www.evil', 'me@evil.example', 'evil.example/x'])
    assert.match(composed('verification', { name }).text, /^Almost there\n/, name)
  for (const name of ['Dr. Noor', 'Noor H.', 'Юлія'])
    assert.ok(composed('verification', { name }).text.startsWith(`Almost there, ${name}\n`), name)
})

test('times are those of the reader’s own clock, and of UTC where that is not known', () => {
  const textIn = (timeZone: string) => composed('passwordChanged', samples.passwordChanged, { timeZone }).text

  assert.match(
    textIn('Europe/Berlin'),
    /When {5}Saturday,? 30 May at 21:14 CEST|When {5}Saturday 30 May at 21:14 GMT\+2/,
  )
  assert.match(textIn('America/New_York'), /15:14/)
  assert.match(textIn(''), /19:14 UTC/)
  assert.match(textIn('Nowhere/At_All'), /19:14 UTC/)
})

test('a language that has no words yet reads English', () => {
  for (const language of ['', 'en', 'en-US', 'pt-BR', 'constructor', '__proto__'])
    assert.equal(wordsFor(language).locale, 'en-GB', language)
})

test('the code of a mail stands alone, in two groups, in subject, text and HTML', () => {
  const code = seals.code('link-1')
  const spaced = `${code.slice(0, 3)} ${code.slice(3)}`

  const mail = composed('verification')

  assert.ok(mail.subject.startsWith(spaced))
  assert.ok(mail.text.includes(`\n    ${spaced}\n`))
  assert.ok(mail.html.includes(`>${spaced.replace(' ', '&nbsp;')}<`))
})

test('who runs the server is named where they have said so', () => {
  const row = { ...samples.left }
  const { text } = compose(
    {
      mailId: 'm',
      to: 'a@example.org',
      template: 'left',
      params: row,
      linkId: null,
      language: '',
      timeZone: '',
      tries: 0,
      createdAt: AT,
      nextAt: AT,
    },
    null,
    seals,
    { url: 'https://chat.example.org', operator: 'The Example Society' },
  )

  assert.match(text, /chat\.example\.org, run by The Example Society\n$/)
})

test('a mail with a wrong name or the facts of another does not compile', () => {
  const now = AT
  // @ts-expect-error there is no such mail
  postMail({ to: '', template: 'welcome', params: { name: 'A' }, now })
  // @ts-expect-error its facts are others
  postMail({ to: '', template: 'left', params: { username: 'a' }, now })
  // @ts-expect-error it carries a link
  postMail({ to: '', template: 'verification', params: { name: 'A' }, now })
  // @ts-expect-error it carries none
  postMail({ to: '', template: 'left', params: { name: 'A' }, linkId: 'x', now })

  assert.deepEqual(Object.keys(english).filter((key) => key in letters).length, names.length)
})
