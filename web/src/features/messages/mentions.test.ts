import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Mention, UserId } from '@connectly/protocol'
import fc from 'fast-check'
import { afterEdit, asBody, mentionAt, withMention, wrapped, type Words } from './mentions.ts'

const mateo = 'mateo' as UserId
const mention = (start: number, length: number): Mention => ({ who: mateo, start, length })
const words = (text: string, ...mentions: Mention[]): Words => ({ text, mentions })
const said = ({ text, mentions }: Words) => mentions.map(({ start, length }) => text.slice(start, start + length))

describe('who is meant in what is being written', () => {
  it('stays meant while words before and after come and go', () => {
    const first = words('hi @Mateo, come', mention(3, 6))

    const before = afterEdit(first, 'oh hi @Mateo, come', 3)
    const after = afterEdit(before, 'oh hi @Mateo, come over', 23)
    const less = afterEdit(after, '@Mateo, come over', 0)

    assert.deepEqual([before, after, less].map(said), [['@Mateo'], ['@Mateo'], ['@Mateo']])
    assert.equal(less.mentions[0]?.start, 0)
  })

  it('is no longer meant once a letter of the name is changed', () => {
    const first = words('hi @Mateo, come', mention(3, 6))
    assert.deepEqual(afterEdit(first, 'hi @Mato, come', 7).mentions, [])
    assert.deepEqual(afterEdit(first, 'hi @Ma-teo, come', 7).mentions, [])
    assert.deepEqual(afterEdit(first, '', 0).mentions, [])
  })

  it('tells equal letters apart by where the caret stands', () => {
    const [first, second] = [mention(0, 2), { ...mention(2, 2), who: 'amara' as UserId }]
    const both = words('@A@A', first, second)
    assert.deepEqual(afterEdit(both, '@A', 0).mentions, [{ ...second, start: 0 }])
    assert.deepEqual(afterEdit(both, '@A', 2).mentions, [first])
  })

  it('takes the place of what was typed, with a space after it', () => {
    const found = withMention(words('hi @ma!', mention(3, 0)), 3, 6, mateo, 'Mateo Rossi')
    assert.equal(found.text, 'hi @Mateo Rossi !')
    assert.deepEqual(said({ ...found, mentions: found.mentions.filter((each) => each.length > 0) }), ['@Mateo Rossi'])
  })

  it('is looked for after an @ that begins a word, and nowhere else', () => {
    assert.deepEqual(mentionAt(words('hi @ma'), 6), { from: 3, query: 'ma' })
    assert.deepEqual(mentionAt(words('@'), 1), { from: 0, query: '' })
    assert.deepEqual(mentionAt(words('(@ü'), 3), { from: 1, query: 'ü' })
    assert.equal(mentionAt(words('a@b'), 3), null)
    assert.equal(mentionAt(words('@ma x'), 5), null)
    assert.equal(mentionAt(words('@Mateo', mention(0, 6)), 6), null)
    assert.equal(mentionAt(words('hi @ma'), 2), null)
  })

  it('never means more people than a message may', () => {
    const many = Array.from({ length: 60 }, (_, nth) => mention(nth * 3, 2))
    assert.equal(asBody(words('@a '.repeat(60), ...many), 50).mentions?.length, 50)
    assert.equal('mentions' in asBody(words('a'), 50), false)
  })

  it('stays on its @ through any edits, or is gone', () => {
    const edit = fc.record({ at: fc.nat(40), gone: fc.nat(6), come: fc.stringMatching(/^[@aM ]{0,4}$/) })
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 12 }), (edits) => {
        let now = words('ab @Mate cd @Mate ef', mention(3, 5), mention(12, 5))
        for (const { at, gone, come } of edits) {
          const from = Math.min(at, now.text.length)
          now = afterEdit(now, now.text.slice(0, from) + come + now.text.slice(from + gone), from + come.length)
          assert.ok(
            said(now).every((name) => name === '@Mate'),
            `${now.text} ${JSON.stringify(now.mentions)}`,
          )
          assert.ok((now.mentions[0]?.start ?? 0) <= (now.mentions[1]?.start ?? Infinity))
        }
      }),
    )
  })
})

describe('marks around what is chosen', () => {
  it('come and go, and leave who is meant where they stand', () => {
    const first = words('hi @Mateo there', mention(3, 6))

    const bold = wrapped(first, 3, 9, '**')
    const back = wrapped(bold.words, bold.start, bold.end, '**')

    assert.equal(bold.words.text, 'hi **@Mateo** there')
    assert.deepEqual(said(bold.words), ['@Mateo'])
    assert.deepEqual(back, { words: first, start: 3, end: 9 })
  })

  it('may stand one within another', () => {
    const bold = wrapped(words('so true'), 3, 7, '**')
    const both = wrapped(bold.words, bold.start, bold.end, '*')
    const italic = wrapped(both.words, both.start, both.end, '**')
    assert.deepEqual([both.words.text, italic.words.text], ['so ***true***', 'so *true*'])
  })

  it('move who comes after them', () => {
    const { words: now } = wrapped(words('hi @Mateo', mention(3, 6)), 0, 2, '*')
    assert.deepEqual([now.text, said(now)], ['*hi* @Mateo', ['@Mateo']])
  })
})
