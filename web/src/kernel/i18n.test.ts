import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { refusals, type RefusalCode } from '@connectly/protocol'
import { en } from '../texts/en.ts'
import { day, directionOf, list, listTime, loadLanguage, moment, month, refusalText, t, time } from './i18n.ts'
import './late-texts.ts'

const at = (text: string) => new Date(text).getTime()
const now = at('2026-05-20T21:00:00')

describe('texts', () => {
  it('puts parameters in their places', () => {
    assert.equal(t('requests.let', { name: 'Priya' }), 'Let Priya write to you?')
    assert.equal(t('chats.newChat'), 'New chat')
  })

  it('picks the plural form by the count and writes numbers as people do', () => {
    assert.equal(t('room.members', { count: 1 }), '1 person')
    assert.equal(t('room.members', { count: 1284 }), '1,284 people')
  })

  it('sets a name of the other direction apart, and leaves one of the same direction as it is', () => {
    assert.equal(t('requests.waitingFor', { name: 'ليلى' }), 'Waiting for \u2068ليلى\u2069')
    assert.equal(t('requests.waitingFor', { name: '森 健司' }), 'Waiting for 森 健司')
  })

  it('leaves no parameter open that its text does not name in every form', () => {
    const names = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '')
    for (const section of Object.values(en)) {
      for (const text of Object.values<string | { one: string; other: string }>(section)) {
        if (typeof text === 'string') continue
        const allowed = new Set(names(text.other))
        assert.ok(
          names(text.one).every((name) => allowed.has(name)),
          text.one,
        )
      }
    }
  })
})

describe('refusals', () => {
  it('has a sentence for every code', () => {
    for (const code of Object.keys(refusals) as RefusalCode[]) {
      const sentence = refusalText(code, { retryAfter: 8 })
      assert.match(sentence, /^[A-Z].*\.$/, code)
      assert.doesNotMatch(sentence, /[{}!]|sorry|please|oops/i, code)
    }
  })

  it('says until when, in words, or later where nobody said', () => {
    const until = new Date().setHours(21, 40, 0, 0)
    assert.match(
      refusalText('Banned', { until }),
      /^This account or connection is kept out until (?:21:40|9:40\sPM)\.$/,
    )
    assert.match(
      refusalText('Muted', { until: until + 3 * 24 * 60 * 60 * 1000 }),
      /^You can’t write until \w+day, .*(?:21:40|9:40\sPM)\. You can still read everything\.$/,
    )
    assert.equal(refusalText('Banned'), 'This account or connection is kept out until later.')
  })

  it('says how long to wait', () => {
    assert.equal(
      refusalText('TooManyRequests', { retryAfter: 8 }),
      'That’s a lot at once. You can write again in 8 seconds.',
    )
    assert.equal(
      refusalText('TooManyRequests', { retryAfter: 1 }),
      'That’s a lot at once. You can write again in 1 second.',
    )
  })

  it('takes a code it does not know for a fault of ours', () => {
    assert.equal(refusalText('FromTheFuture' as RefusalCode), 'Something broke on our side. Try again.')
  })
})

describe('dates', () => {
  it('names the day relative until a week ago', () => {
    assert.equal(day(at('2026-05-20T00:10:00'), now), 'Today')
    assert.equal(day(at('2026-05-19T23:59:00'), now), 'Yesterday')
    assert.equal(day(at('2026-05-15T12:00:00'), now), 'Friday')
    assert.equal(day(at('2026-05-13T12:00:00'), now), 'May 13')
    assert.equal(day(at('2025-12-31T12:00:00'), now), 'December 31, 2025')
  })

  it('is as short as a list wants it', () => {
    assert.equal(listTime(at('2026-05-20T08:05:00'), now), time(at('2026-05-20T08:05:00')))
    assert.equal(listTime(at('2026-05-19T08:05:00'), now), 'Tue')
    assert.equal(listTime(at('2026-05-01T08:05:00'), now), 'May 1')
  })

  it('writes hours as people there do, in the morning too', async () => {
    Object.assign(globalThis, { document: { documentElement: {} } })
    const morning = at('2026-05-20T08:05:00')
    for (const [locale, written] of [
      ['en-GB', '08:05'],
      ['en-US', '8:05 AM'],
    ] as const) {
      await loadLanguage([locale])
      assert.equal(time(morning).replace('\u202f', ' '), written)
      assert.ok(moment(morning, at('2026-05-12T12:00:00')).replace('\u202f', ' ').endsWith(` at ${written}`))
    }
    await loadLanguage(['en'])
  })

  it('knows months, lists and directions', () => {
    assert.equal(month(at('2024-06-03T12:00:00')), 'June 2024')
    assert.equal(list(['Priya', 'Dae-jung']), 'Priya and Dae-jung')
    assert.equal(directionOf('ar-EG'), 'rtl')
    assert.equal(directionOf('en-GB'), 'ltr')
  })
})
