import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { it } from 'node:test'
import { hasZeroBits, solve } from './work.ts'

it('finds the first number whose hash behind the salt begins with so many zero bits', () => {
  for (const bits of [1, 8, 11, 13]) {
    const n = solve('a.salt-of_ours', bits)
    assert.ok(isRight(n, bits), `${bits} bits: ${n}`)
    for (let before = 0; before < n; before += 1) assert.ok(!isRight(before, bits))
  }
})

it('counts zero bits to the bit', () => {
  const hash = Uint8Array.of(0, 0b00010000, 255)
  assert.ok(hasZeroBits(hash, 0))
  assert.ok(hasZeroBits(hash, 11))
  assert.ok(!hasZeroBits(hash, 12))
  assert.ok(!hasZeroBits(hash, 16))
})

it('says how far it is, so that a page can show it', () => {
  const heard: number[] = []
  const n = solve('another salt', 13, (count) => heard.push(count))
  assert.equal(heard[0], 0)
  assert.equal(heard.length, 1 + Math.floor(n / 2000))
})

const isRight = (n: number, bits: number): boolean => {
  const hash = createHash('sha256').update(`a.salt-of_ours${n}`).digest()
  return hash.readUInt32BE(0) >>> (32 - bits) === 0
}
