import assert from 'node:assert/strict'
import { test } from 'node:test'
import { crash, figures } from './run.ts'

/* The short form of `npm run crash`. */

const KILLS = 5

test('[ST2] [ST5] [LG2] [LG7] [OP2] [RX1] [OB3] a server killed five times under load loses nothing, doubles nothing and mixes up nothing', async (t) => {
  const seed = Date.now() % 1_000_000

  const report = await crash({ kills: KILLS, seed })

  const words = `seed ${seed}\n${figures(report)}`
  t.diagnostic(words)
  assert.deepEqual(report.violations, [], `${words}\n${report.serverLog.slice(-40).join('\n')}`)
  const { gently: _gently, ...deaths } = report.kills
  assert.equal(
    Object.values(deaths).reduce((sum, each) => sum + each, 0),
    KILLS,
  )
  assert.ok(report.acked >= KILLS * 15, `too few messages for a test: ${words}`)
  assert.ok(report.retried > 0, `no kill left an outcome unknown: ${words}`)
  assert.ok(report.refused > 0, `nothing had to be refused: ${words}`)
})
