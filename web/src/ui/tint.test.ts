import assert from 'node:assert/strict'
import { it } from 'node:test'
import { initials, tintOf } from './tint.ts'

it('takes the first letters of the first and the last word', () => {
  assert.equal(initials('Amara Okafor'), 'AO')
  assert.equal(initials('Dae-jung Kim'), 'DK')
  assert.equal(initials('Özge Anne Yıldız'), 'ÖY')
  assert.equal(initials('森 健司'), '森健')
  assert.equal(initials('noor'), 'N')
  assert.equal(initials('  '), '')
})

it('gives an id the same tint always, and spreads ids over all eight', () => {
  const ids = Array.from({ length: 200 }, (_, n) => `01890a5d-ac96-774b-bcce-b302099a${(8000 + n).toString(16)}`)
  assert.equal(tintOf(ids[0] ?? ''), tintOf(ids[0] ?? ''))
  assert.equal(new Set(ids.map(tintOf)).size, 8)
})
