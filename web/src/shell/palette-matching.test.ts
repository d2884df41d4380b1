import assert from 'node:assert/strict'
import { it } from 'node:test'
import { markedPart, matching, rowAfter } from './palette-matching.ts'

const named = (...all: string[]) => all.map((name) => ({ names: [name] }))
const found = (query: string, ...all: string[]) => matching(named(...all), query).map(({ names: [name] }) => name)

it('offers everything in its order while nothing is typed', () => {
  assert.deepEqual(found('  ', 'Zoe', 'Amara'), ['Zoe', 'Amara'])
})

it('puts beginnings before words, words before what stands within, and keeps the order of equals', () => {
  assert.deepEqual(found('li', 'Julia', 'Book club Lisbon', 'Linh', 'Lila', 'Sam'), [
    'Linh',
    'Lila',
    'Book club Lisbon',
    'Julia',
  ])
  assert.deepEqual(found('sam', 'Samuel', 'Sam'), ['Sam', 'Samuel'])
})

it('minds neither case nor accents, and takes an @ for granted', () => {
  assert.deepEqual(found('ozge', 'Özge Yıldız', 'Joe'), ['Özge Yıldız'])
  assert.deepEqual(found('JOÃO', 'João Almeida', 'Linh'), ['João Almeida'])
  assert.deepEqual(matching([{ names: ['Amara Okafor', 'amara.ok'] }], '@amara.o').length, 1)
})

it('finds by any of the names, and nothing by none', () => {
  assert.equal(matching([{ names: ['Amara Okafor', 'ferryman'] }], 'ferry').length, 1)
  assert.equal(matching([{ names: ['Amara Okafor', 'ferryman'] }], 'bus').length, 0)
})

it('marks what was matched, where letters stand as they were typed', () => {
  assert.deepEqual(markedPart('Lisbon in May', 'may'), { start: 10, end: 13 })
  assert.deepEqual(markedPart('Özge', 'oz'), { start: 0, end: 2 })
  assert.deepEqual(markedPart('Julia', 'li'), { start: 2, end: 4 })
  assert.equal(markedPart('Amara', 'x'), null)
  assert.equal(markedPart('Amara', ''), null)
})

it('moves through the rows and around their ends', () => {
  assert.equal(rowAfter(0, 'ArrowDown', 3), 1)
  assert.equal(rowAfter(2, 'ArrowDown', 3), 0)
  assert.equal(rowAfter(0, 'ArrowUp', 3), 2)
  assert.equal(rowAfter(0, 'a', 3), null)
  assert.equal(rowAfter(0, 'ArrowDown', 0), null)
})
