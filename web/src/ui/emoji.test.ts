import assert from 'node:assert/strict'
import { it } from 'node:test'
import { isJumbo } from './emoji.ts'

it('takes one to three emoji for large ones, however many code points they are made of', () => {
  assert.ok(isJumbo('🎟️'))
  assert.ok(isJumbo(' 👩‍👩‍👧‍👦🇵🇹👍🏽 '))
  assert.ok(!isJumbo('🎉🎉🎉🎉'))
  assert.ok(!isJumbo('ok 👍'))
  assert.ok(!isJumbo('12'))
  assert.ok(!isJumbo(' '))
})
