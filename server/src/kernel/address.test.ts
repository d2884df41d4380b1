import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PubSub } from '../pubsub/pubsub.ts'
import { limitKeyOf, plainAddress } from './address.ts'
import { createLimits, defaultLimits } from './limits.ts'

/* What limits know somebody by who has no session. */

const silent = { hear: () => undefined, say: () => undefined } as unknown as PubSub

test('an IPv6 client is its /64 to limits, an IPv4 one itself, in whatever spelling it came', () => {
  const same = (...spellings: string[]) => new Set(spellings.map(limitKeyOf)).size

  assert.equal(
    same('2001:db8:1:2::1', '2001:DB8:1:2:ffff:ffff:ffff:ffff', '2001:0db8:0001:0002::', '2001:db8:1:2::1%eth0'),
    1,
  )
  assert.equal(same('2001:db8:1:2::1', '2001:db8:1:3::1'), 2)
  assert.equal(same('203.0.113.1', '::ffff:203.0.113.1', '::FFFF:cb00:7101', '0:0:0:0:0:ffff:cb00:7101'), 1)
  assert.equal(same('203.0.113.1', '203.0.113.2'), 2)
  assert.equal(same('::1', '::2'), 1)
  assert.deepEqual([limitKeyOf('2001:db8::7'), limitKeyOf('unknown')], ['2001:db8:0:0::/64', 'unknown'])
})

test('an address is kept as it is but for its spelling, and what is none is nothing', () => {
  assert.equal(plainAddress('2001:DB8::7'), '2001:db8::7')
  assert.equal(plainAddress('::ffff:cb00:7101'), '203.0.113.1')
  assert.equal(plainAddress('::fffe:203.0.113.1'), '::fffe:203.0.113.1')
  for (const text of ['', 'unknown', '1.2.3', '1.2.3.4.5', '::1::', '12345::', '203.0.113.1, ::1'])
    assert.equal(plainAddress(text), undefined, text)
})

test('whoever goes through the addresses of one /64 has one limit, and their neighbour another', async () => {
  const table = { ...defaultLimits, signIn: { points: 3, seconds: 60, by: 'address' as const } }
  const limits = createLimits(table, silent, true)
  const take = (address: string) => limits.take('signIn', { userId: null, address })

  for (const host of ['1', '2', 'dead:beef']) await take(`2001:db8:1:2::${host}`)
  await assert.rejects(take('2001:db8:1:2:ffff::9'), /TooManyRequests/)
  await take('2001:db8:1:3::1')
  limits.stop()
})
