import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import * as noZod from './no-zod.ts'

test('whatever the protocol calls of zod, the browser has something to call in its place', () => {
  const folder = join(import.meta.dirname, '../../../protocol/src')
  const sources = readdirSync(folder).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  const called = new Set(
    sources.flatMap((file) =>
      [...readFileSync(join(folder, file), 'utf8').matchAll(/\bz\s*\.([a-zA-Z]+)\(/g)].map(
        ([, name]) => name as string,
      ),
    ),
  )

  assert.ok(called.size > 10)
  assert.deepEqual(
    [...called].filter((name) => !(name in noZod)),
    [],
  )
})
