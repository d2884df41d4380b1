import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

const web = join(import.meta.dirname, '../..')

/*
 * The bundler takes every call of these names, and of what hangs on them, for one without an effect, and leaves it out where
 * nothing comes of it. A variable of ours by such a name would silently do nothing.
 */
test('nothing is done by a name that the bundler takes for pure', () => {
  const list = /manualPureFunctions: \[([^\]]+)\]/.exec(readFileSync(join(web, 'vite.config.ts'), 'utf8'))?.[1] ?? ''
  const names = [...list.matchAll(/'(\w+)'/g)].map(([, name]) => name ?? '')
  const done = new RegExp(`(?:^|[;{}])\\s*(?:void |await )?(?:${names.join('|')})(?:\\??\\.\\w+)+\\(`, 'm')
  const sources = readdirSync(join(web, 'src'), { recursive: true, encoding: 'utf8' }).filter((file) =>
    /\.tsx?$/.test(file),
  )

  assert.ok(names.length > 8)
  assert.match('  own.postMessage(given)', done)
  assert.deepEqual(
    sources.filter((file) => done.test(readFileSync(join(web, 'src', file), 'utf8'))),
    [],
  )
})
