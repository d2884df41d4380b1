import assert from 'node:assert/strict'
import { it } from 'node:test'
import { strengthOf } from './strength.ts'

it('rates length above all, and repetition as weak', () => {
  assert.equal(strengthOf('', 12), 0)
  assert.equal(strengthOf('short', 12), 1)
  assert.equal(strengthOf('aaaaaaaaaaaaaaaaaaaaaaaa', 12), 1)
  assert.equal(strengthOf('tram28 uphill', 12), 2)
  assert.equal(strengthOf('tram 28 uphill a', 12), 3)
  assert.equal(strengthOf('the tram goes uphill at eight', 12), 4)
})
