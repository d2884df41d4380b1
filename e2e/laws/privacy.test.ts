import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { NAME_KEPT } from '../../server/src/features/accounts/own-account.ts'
import { COPY_LIFE, LEAVE_WAIT } from '../../server/src/features/mydata/mydata.ts'
import { SESSION_LIFE, SESSION_MAX_LIFE } from '../../server/src/kernel/sessions.ts'
import { TRIES_KEPT } from '../../server/src/kernel/tries.ts'

/* What the privacy page promises is what the code does: each span of time in it stands for one in the code. */

const DAY = 24 * 60 * 60 * 1000
const text = readFileSync(
  path.join(import.meta.dirname, '../../server/src/transport/pages/privacy.md'),
  'utf8',
).replace(/\s+/g, ' ')

test('the privacy page says how long each thing is kept as the code has it', () => {
  const said: [sentence: string, span: number][] = [
    [`A session: ${SESSION_LIFE / DAY} days after its last use, ${SESSION_MAX_LIFE / DAY} days at most.`, SESSION_LIFE],
    [`or ${SESSION_LIFE / DAY} days after your last visit`, SESSION_LIFE],
    [`A former username: ${NAME_KEPT / DAY} days`, NAME_KEPT],
    [`Your account goes ${LEAVE_WAIT / DAY} days after you ask for it.`, LEAVE_WAIT],
    [`is there for ${COPY_LIFE / DAY} days.`, COPY_LIFE],
    ['Tries: a day.', TRIES_KEPT],
  ]

  for (const [sentence, span] of said) {
    assert.ok(Number.isInteger(span / DAY), sentence)
    assert.ok(text.includes(sentence), `the page does not say: ${sentence}`)
  }
  assert.equal(TRIES_KEPT, DAY)
})

test('every span in days that the privacy page names is one of those', () => {
  const spans = [...text.matchAll(/(\d+) days/g)].map((found) => Number(found[1]))
  const known = [SESSION_LIFE, SESSION_MAX_LIFE, NAME_KEPT, LEAVE_WAIT, COPY_LIFE].map((span) => span / DAY)

  assert.deepEqual(
    spans.filter((span) => !known.includes(span)),
    [],
  )
})
