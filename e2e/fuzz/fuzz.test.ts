import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fuzz, type Report } from './fuzz.ts'
import { packetOf } from './packets.ts'
import { judgeAnswer, judgeBytes, judgeHttp } from './judge.ts'

/* A part of `npm run fuzz` in every run of the tests, always the same; the rest is a matter of an evening. */

const SEED = 20_261_121
const PACKETS = 3000

test(`${PACKETS} packets of everybody, over both doors and as bare bytes, find no fault and disturb no neighbour`, async (t) => {
  const report = await fuzz({ seed: SEED, to: PACKETS - 1 })

  t.diagnostic(inWords(report))
  assert.deepEqual(report.complaints, [])
  assert.equal(report.sent, PACKETS)
  assert.ok(report.noticed.asks > 20, 'the neighbour was there all the while')
  assert.ok(report.noticed.slowestHealth < 1000)
  assert.ok(report.reached.ok.length > report.reached.all.length / 3, 'a good part of the methods was carried out')
})

test('a fault that is planted is found, with the packet that brought it up; sent alone, it brings it up again', async () => {
  const [from, to] = [firstSearch - 20, firstSearch + 20]
  const report = await fuzz({ seed: SEED, from, to, isPlanted: true })
  const found = report.complaints.filter((each) => each.startsWith('a fault of ours')).join('\n')
  const alone = await fuzz({ seed: SEED, from: firstSearch, to: firstSearch, isPlanted: true })

  assert.match(found, new RegExp(`npm run fuzz -- --seed ${SEED} --only ${firstSearch}$`, 'm'))
  assert.equal(alone.sent, 1)
  assert.ok(
    alone.complaints.some((each) => each.startsWith('a fault of ours')),
    alone.complaints.join('\n'),
  )
})

/** The number of the first packet in which somebody signed in looks for people by name. */
const firstSearch = Array.from({ length: PACKETS }, (_, n) => packetOf(SEED, n)).findIndex(
  (packet) =>
    packet.kind === 'ask' && packet.isLegal && packet.method === 'accounts.find' && packet.actor !== 'anonymous',
)

test('an answer is judged by its shape, its code, and what it shows', () => {
  const id = '01999999-9999-7999-8999-999999999999'
  const no = (code: string, requestId = id) => JSON.stringify({ ok: false, refusal: { code, requestId } })
  const headers = {
    'x-content-type-options': 'nosniff',
    'content-security-policy': 'x',
    'content-type': 'application/json',
  }
  const heard = (status: number, text: string, more = headers) => ({
    status,
    headers: more,
    text,
    verb: 'POST',
    path: '/api/x',
  })

  for (const fine of ['{"ok":true,"value":{}}', no('NotFound'), no('Busy')]) assert.equal(judgeAnswer(fine), null, fine)
  const wrong = [
    '',
    '{}',
    '{"ok":true}',
    no('Internal'),
    no('Unavailable'),
    no('NoSuchCode'),
    no('NotFound', ''),
    '{"ok":false}',
  ]
  for (const each of wrong) assert.notEqual(judgeAnswer(each), null, each)
  assert.match(judgeAnswer('{"ok":true,"value":"at run (/srv/app/server/src/a.ts:1:2)"}') ?? '', /shows/)
  assert.equal(judgeHttp(heard(404, no('NotFound'))), null)
  assert.match(judgeHttp(heard(500, no('NotFound'))) ?? '', /^500/)
  assert.match(judgeHttp({ ...heard(404, no('NotFound')), headers: {} }) ?? '', /without security headers/)
  assert.match(judgeBytes('HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 502 Bad Gateway') ?? '', /^502/)
})

function inWords({ seconds, noticed, reached, weight }: Report): string {
  const mb = (bytes: number) => Math.round(bytes / 1e6)
  return `${PACKETS} packets in ${seconds.toFixed(0)} s; ${reached.ok.length} of ${reached.all.length} methods carried out; neighbour: ${noticed.asks} asks, ${Math.round(noticed.slowestAsk)} ms at most; ${mb(weight.warm.rss)} MB warm, ${mb(weight.end.rss)} MB at the end`
}
