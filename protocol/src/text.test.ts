import assert from 'node:assert/strict'
import { test } from 'node:test'
import type * as z from 'zod/mini'
import * as protocol from './index.ts'
import { DisplayName, foldText, MessageText, Password, SearchText, Username } from './index.ts'

const reasonOf = (schema: z.ZodMiniType, value: unknown): string | undefined =>
  schema.safeParse(value).error?.issues[0]?.message

test('a message is kept to the letter, in any script and with any mark', () => {
  const texts = [
    'hello',
    '  two  ',
    'a\nb\tc',
    '\u0627\u0644\u0639\u0631\u0628\u064a\u0629',
    '\u05e9\u200f!',
    '\u{1F469}\u200D\u{1F680}',
    'e\u0301',
    '\u202eabc',
    '\u{10FFFD}x',
    '.',
  ]

  for (const text of texts) assert.equal(MessageText.parse(text), text)
})

test('text that an engine cannot keep is refused wherever text is taken, by a reason and without the value', () => {
  const schemas = { MessageText, DisplayName, Username, Password, SearchText }

  for (const [name, schema] of Object.entries(schemas))
    for (const text of ['word and \u0000 more', 'word and \ud800 more', 'word and \udc00', '\ud83d word and more']) {
      const reason = reasonOf(schema, text)
      assert.equal(reason, 'has a character that cannot be kept', name)
    }
})

test('a message with nothing to see in it is empty', () => {
  const invisible = [
    '',
    ' ',
    '\n\t\r',
    '\u00a0\u2003\u3000',
    '\u200b\u200c\u200d\u2060\ufeff',
    '\u115f\u1160\u3164\uffa0',
    '\u2800',
    '\u00ad',
    '\u202a\u202c\u2066\u2069',
    '\u{E0020}\u{E007F}',
    '\u0001\u0007',
  ]

  for (const text of invisible) assert.equal(reasonOf(MessageText, text), 'is empty', JSON.stringify(text))
  for (const text of invisible) assert.equal(MessageText.safeParse(`${text}x`).success, true)
})

test('a message has at most 8,000 units, a name 64 after trimming, a password 12 to 128, words to look for 1 to 64', () => {
  const most: [z.ZodMiniType, number][] = [
    [MessageText, 8000],
    [DisplayName, 64],
    [Username, 32],
    [Password, 128],
    [SearchText, 64],
  ]

  for (const [schema, length] of most) {
    assert.equal(schema.safeParse('x'.repeat(length)).success, true)
    assert.equal(schema.safeParse('x'.repeat(length + 1)).success, false)
  }
  assert.equal(reasonOf(MessageText, 'x'.repeat(8001)), 'is too long')
  assert.equal(DisplayName.safeParse(`${' '.repeat(90)}${'x'.repeat(64)}${' '.repeat(90)}`).success, true)
  assert.equal(MessageText.safeParse('\u{1F600}'.repeat(4000)).success, true)
  assert.equal(reasonOf(Password, 'x'.repeat(11)), 'is too short')
  assert.equal(reasonOf(SearchText, ''), 'is empty')
})

test('a name is normalised and trimmed, and may not break the line or turn the direction of what follows', () => {
  assert.equal(DisplayName.parse('  Zoe\u0308 '), 'Zo\u00eb')
  for (const name of ['O\u2019Brien', '\u5f20\u4f1f', 'Ana Mar\u00eda', '\u05d3\u05d5\u05d3', '\u{1F980} Crab'])
    assert.equal(DisplayName.parse(name), name)

  for (const point of [
    0x0a, 0x0d, 0x09, 0x1b, 0x7f, 0x85, 0x2028, 0x2029, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068,
    0x2069,
  ])
    assert.equal(
      reasonOf(DisplayName, `ad${String.fromCodePoint(point)}min`),
      'has a control character',
      point.toString(16),
    )
  for (const name of ['', '   ', '\u200b\u200d', '\u3164', '\u2800\u2800'])
    assert.equal(reasonOf(DisplayName, name), 'is empty')
})

test('a username is lower-cased, and made of letters, digits and inner dots, dashes and underscores', () => {
  const right: [string, string][] = [
    ['ada', 'ada'],
    [' Ada.Lovelace ', 'ada.lovelace'],
    ['a1', 'a1'],
    ['a_-.b', 'a_-.b'],
    ['0x', '0x'],
  ]
  const wrong = [
    'a',
    '',
    '-ada',
    'ada.',
    '_a',
    'a b',
    'ad\u00e4',
    'a@b',
    'a\nb',
    '\u0430da',
    'ada\u200b',
    'a/b',
    '\u212aate',
    'ad\u0131',
  ]

  for (const [given, kept] of right) assert.equal(Username.parse(given), kept)
  for (const given of wrong.filter((each) => each !== '\u212aate'))
    assert.equal(Username.safeParse(given).success, false, given)
  assert.equal(Username.parse('\u212aate'), 'kate', 'the Kelvin sign is a k when lower-cased')
})

test('folding makes case, accents and width alike, and is the same when done twice', () => {
  const alike = ['Zo\u00eb', 'zoe', 'ZOE\u0308', '\uff3a\uff4f\uff45']

  assert.deepEqual(new Set(alike.map(foldText)), new Set(['zoe']))
  for (const text of ['\u0130stanbul', '\ufb01n', '\u1e9e', '\u03a3\u03c2'])
    assert.equal(foldText(foldText(text)), foldText(text))
})

/** Every pattern there is: those that are named, and those inside the shapes of methods, events and signals. */
function allPatterns(): Map<string, RegExp> {
  const found = new Map<string, RegExp>()
  const seen = new Set<unknown>()
  const look = (value: unknown): void => {
    if (value instanceof RegExp) found.set(String(value), value)
    if (typeof value !== 'object' || value === null || seen.has(value)) return
    seen.add(value)
    const inside = '_zod' in value ? (value as { _zod: { def: object } })._zod.def : value
    for (const each of Object.values(inside)) look(each)
  }
  for (const each of Object.values(protocol)) look(each)
  for (const list of Object.values(protocol.registry)) for (const each of list.values()) look(each)
  return found
}

/** The shortest of several runs, in ms: what the work takes when nothing comes in between. */
function timeOf(work: () => void): number {
  let least = Infinity
  for (let run = 0; run < 7; run++) {
    const began = performance.now()
    work()
    least = Math.min(least, performance.now() - began)
  }
  return least
}

const units = ['a', '-', ' ', '.', '0', '\u200b', 'a-', '. ', 'f'.repeat(8) + '-', 'room:', '\u{1F600}', '\u0301']
const adversaries = (length: number): string[] =>
  units.flatMap((unit) => {
    const body = unit.repeat(length / unit.length)
    return [body, `${body}!`, `a${body}\n`, `room:${body}`]
  })

test('every pattern takes time in proportion to its text, also for text made to be slow', () => {
  const patterns = [...allPatterns().values()]
  assert.ok(patterns.length >= 4, 'the patterns are found')

  for (const pattern of patterns) {
    const hold = new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ''))
    const [short, long] = [adversaries(10_000), adversaries(100_000)].map((texts) =>
      timeOf(() => texts.forEach((text) => hold.test(text))),
    ) as [number, number]
    assert.ok(long < 40 * Math.max(short, 0.05), `${hold}: ${short} ms for 10 kB, ${long} ms for 100 kB`)
  }
})

test('every shape of text refuses a text of 100 kB, in proportion to what 10 kB take', () => {
  for (const schema of [MessageText, DisplayName, Username, Password, SearchText]) {
    const [short, long] = [adversaries(10_000), adversaries(100_000)].map((texts) =>
      timeOf(() => texts.forEach((text) => schema.safeParse(text))),
    ) as [number, number]

    for (const text of adversaries(100_000)) assert.equal(schema.safeParse(text).success, false)
    assert.ok(long < 40 * Math.max(short, 0.05), `${short} ms for 10 kB, ${long} ms for 100 kB`)
  }
})
