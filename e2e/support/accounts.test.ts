import assert from 'node:assert/strict'
import { test } from 'node:test'
import { totp } from './accounts.ts'

test('codes are those of RFC 6238, appendix B, by their last six digits', () => {
  const key = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
  const rows = [
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_111_111_111, '050471'],
    [1_234_567_890, '005924'],
    [2_000_000_000, '279037'],
    [20_000_000_000, '353130'],
  ] as const
  for (const [seconds, code] of rows) assert.equal(totp(key, seconds * 1000), code)
})
