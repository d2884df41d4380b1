import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { composeFiles, composeOf, root, textOf } from './read.ts'

/*
 * Who starts it again, and when it is left alone. That a start after a kill needs no help is proven by e2e/crash, the exit
 * codes by server/src/serve.test.ts and server/src/main.test.ts.
 */

const operations = readFileSync(path.join(root, 'docs/operations.md'), 'utf8')
const unitIn = (text: string): Record<string, string> =>
  Object.fromEntries([...text.matchAll(/^([A-Z]\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]))

test('the unit starts it again after a fault, gives up where it cannot start, and waits longer than a stop takes', () => {
  const units = [
    unitIn(textOf('connectly.service')),
    unitIn(/```ini\n(# \/etc\/systemd\/system\/connectly.service[^]*?)```/.exec(operations)?.[1] ?? ''),
  ]

  for (const unit of units) {
    assert.equal(unit['Restart'], 'on-failure')
    assert.ok(Number(unit['StartLimitBurst']) <= 10 && Number(unit['StartLimitIntervalSec']) >= 30)
    assert.ok(Number(unit['TimeoutStopSec']) >= 20)
  }
})

test('compose starts every server again, and waits longer than a stop takes', () => {
  const own = composeFiles.flatMap((file) =>
    Object.values(composeOf(file).services).filter((each) => each.build !== undefined),
  )

  assert.ok(own.length >= 3)
  for (const service of own) {
    const { restart, stop_grace_period: grace } = service as { restart?: string; stop_grace_period?: string }
    assert.equal(restart, 'unless-stopped')
    assert.ok(Number.parseInt(grace ?? '', 10) >= 20)
  }
})

test('the operator is told what each exit code means, and whether a restart is right', () => {
  const source = readFileSync(path.join(root, 'server/src/serve.ts'), 'utf8')
  const codes = ['0', ...[...source.matchAll(/^const (?:CANNOT|FAULT) = (\d+)$/gm)].map(([, code = '']) => code)]

  assert.deepEqual(codes, ['0', '1', '70'])
  for (const code of codes) assert.match(operations, new RegExp(`^\\| ${code} \\| [^|]+ \\| [^|]+ \\|$`, 'm'))
  assert.match(operations, /\*\*After a crash\*\* a start needs no help/)
})
