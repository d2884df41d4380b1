import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deviceOf } from './device.ts'

const webkit = 'AppleWebKit/537.36 (KHTML, like Gecko)'
const known: Record<string, string> = {
  'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0': 'Firefox on Linux',
  [`Mozilla/5.0 (Linux; Android 10; K) ${webkit} Chrome/138.0.0.0 Mobile Safari/537.36`]: 'Chrome on Android',
  [`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${webkit} Chrome/138.0.0.0 Safari/537.36 Edg/138.0.0.0`]:
    'Edge on Windows',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15':
    'Safari on macOS',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/138.0 Mobile/15E148 Safari/604.1':
    'Chrome on iPhone',
  'Mozilla/5.0 (iPad; CPU OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) FxiOS/140.0 Mobile/15E148 Safari/605.1.15':
    'Firefox on iPad',
  [`Mozilla/5.0 (Linux; Android 13; SM-S901B) ${webkit} SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36`]:
    'Samsung Internet on Android',
  [`Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${webkit} Chrome/138.0.0.0 Safari/537.36`]: 'Chrome on ChromeOS',
  [`Mozilla/5.0 (X11; Linux x86_64) ${webkit} Chrome/138.0.0.0 Safari/537.36 OPR/122.0.0.0`]: 'Opera on Linux',
}

test('a browser is called by its own name and its system, whatever else it names', () => {
  for (const [userAgent, name] of Object.entries(known)) assert.equal(deviceOf(userAgent), name, userAgent)
})

test('what is not known has no name, and half a name is better than none', () => {
  assert.deepEqual(
    [undefined, '', 'curl/8.5.0', 'node', '<script>', 'Mozilla/5.0 Firefox/140.0', 'SomeApp (Linux)'].map(deviceOf),
    ['', '', '', '', '', 'Firefox', 'Linux'],
  )
})

test('a name is short and made of our words only, however long the header is', () => {
  const hostile = `${'Chrome/Android '.repeat(10_000)}<img src=x>`

  assert.equal(deviceOf(hostile), 'Chrome on Android')
})
