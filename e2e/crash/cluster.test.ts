import assert from 'node:assert/strict'
import { test } from 'node:test'
import { crash, figures } from './run.ts'

/* The short form of `npm run crash -- --store postgres --processes 2 --redis`. */

test('[ST2] [ST5] [LG10] [LG11] [OP2] [OB3] two processes killed and restarted, PostgreSQL and Redis killed: nothing is lost, doubled or mixed up', async (t) => {
  const seed = Date.now() % 1_000_000
  const deaths = ['after-commit', 'anywhen', 'postgres SIGKILL', 'redis killed', 'rolling'] as const

  const report = await crash({ kills: deaths.length, seed, store: 'postgres', processes: 2, redis: true, deaths })

  const words = `seed ${seed}\n${figures(report)}`
  t.diagnostic(words)
  assert.deepEqual(report.violations, [], `${words}\n${report.serverLog.slice(-40).join('\n')}`)
  assert.deepEqual(report.kills, Object.fromEntries(deaths.map((each) => [each, 1])))
  assert.ok(report.acked >= deaths.length * 15, `too few messages for a test: ${words}`)
  assert.ok(report.retried > 0, `nothing left an outcome unknown: ${words}`)
  assert.ok(report.refused > 0, `nothing had to be refused: ${words}`)
})
