import assert from 'node:assert/strict'
import { test } from 'node:test'
import { markedText, scanMarks, scanPage } from './mark.ts'

test('finds every mark in a read, and says where an unfinished one begins', () => {
  const bytes = Buffer.from(`x~y{"text":"${markedText(7, 12)}"},{"text":"${markedText(9998, 13)}"} ~0001.0000`)
  const heard: number[][] = []

  const rest = scanMarks(bytes, 0, bytes.length, (sender, n) => heard.push([sender, n]))

  assert.deepEqual(heard, [
    [7, 12],
    [9998, 13],
  ])
  assert.equal(bytes.toString('latin1', rest), '~0001.0000')
})

test('a page says how many messages it holds, and from where to where', () => {
  const bytes = Buffer.from([5, 3, 4].map((n) => markedText(0, n)).join(''))

  assert.deepEqual(scanPage(bytes, 0, bytes.length), { count: 3, first: 3, last: 5 })
})
