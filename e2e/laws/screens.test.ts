import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { isScreen, screenPaths, settingsSections } from '../../server/src/transport/screens.ts'

/* The server answers an address with the app only where the app has a screen: both sides' lists are one. */

const root = path.resolve(import.meta.dirname, '../..')
const read = (file: string) => readFileSync(path.join(root, file), 'utf8')
const id = '01999999-9999-7999-8999-999999999999'

test('the server knows exactly the addresses that the app has routes for', () => {
  const routes = [...read('web/src/routes.tsx').matchAll(/<Route\s+path="([^"]+)"/g)].map((found) => found[1] ?? '')

  assert.ok(routes.length > 5, 'few routes were found: has the way they are written changed?')
  // The list of chats is what is left, at the root.
  assert.deepEqual([...new Set(['/', ...routes])].toSorted(), screenPaths.toSorted())
})

test('the server knows exactly the pages that the settings have', () => {
  const list = /settingsPages = \[([^\]]+)\]/.exec(read('web/src/shell/SettingsNav.tsx'))?.[1] ?? ''
  const pages = [...list.matchAll(/'([\w-]+)'/g)].map((found) => found[1] ?? '')

  assert.deepEqual(settingsSections.toSorted(), pages.toSorted())
})

test('an address is a screen with an id where one belongs, and with nothing before or after it', () => {
  const filled = screenPaths.map((each) => each.replace(':section', settingsSections[0] ?? '').replace(/:\w+Id/g, id))

  for (const each of filled) {
    assert.ok(isScreen(each), each)
    for (const other of [`${each}/x`, `/x${each}`, `${each}${each === '/' ? '' : '/'}/`, `${each}%00`, `${each}\n`])
      assert.ok(!isScreen(other), other)
  }
  for (const other of ['', '//', '/r', '/r/1', `/r/${id}/x`, `/r/${id.toUpperCase()}x`, '/settings/x', '/index.html'])
    assert.ok(!isScreen(other), other)
})
