import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

const root = join(import.meta.dirname, '../..')

/** What a secret looks like: keys of well-known shapes, and long literals that are given to something called one. */
const shapes = [
  /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----/,
  /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/,
  /\bgh[pousr]_[A-Za-z0-9]{36}\b/,
  /\bxox[abps]-[A-Za-z0-9-]{20,}/,
  /\bsk_(?:live|test)_[A-Za-z0-9]{20,}/,
  /(?:secret|token|api[_-]?key)["']?\s*[:=]\s*["'`][A-Za-z0-9+/_-]{32,}["'`]/i,
]

test('no file that is kept holds a secret', () => {
  const files = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' }).split('\0').filter(Boolean)
  const text = files.filter((file) => !/\.(?:png|woff2|wav|ico)$/.test(file) && file !== 'package-lock.json')

  const found = text.flatMap((file) => {
    const held = readFileSync(join(root, file), 'utf8')
    return shapes.filter((shape) => shape.test(held)).map((shape) => `${file}: ${shape.source}`)
  })

  assert.ok(text.length > 100)
  assert.deepEqual(found, [])
})

test('each shape of a secret is one that would be seen', () => {
  const planted = [
    `-----BEGIN RSA ${'PRIVATE'} KEY-----`,
    `AKIA${'A1'.repeat(8)}`,
    `ghp_${'a1B2'.repeat(9)}`,
    `xoxb-${'1234567890'.repeat(2)}`,
    `sk_live_${'a1B2'.repeat(6)}`,
    `const apiKey = '${'a1B2'.repeat(9)}'`,
  ]

  assert.deepEqual(
    planted.map((line) => shapes.findIndex((shape) => shape.test(line))),
    [0, 1, 2, 3, 4, 5],
  )
})
