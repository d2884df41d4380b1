import assert from 'node:assert/strict'
import { before, test } from 'node:test'

let scriptUrl: (url: string) => string
before(async () => {
  Object.assign(globalThis, { location: new URL('https://chat.example.org/sign-up') })
  scriptUrl = (await import('./trusted.ts')).scriptUrl
})

test('scripts are started from what was built with the page, and from the services that check for humans', () => {
  assert.equal(scriptUrl('/assets/work.worker-AbC_12.js'), 'https://chat.example.org/assets/work.worker-AbC_12.js')
  const service = 'https://js.hcaptcha.com/1/api.js?render=explicit'
  assert.equal(scriptUrl(service), service)
})

test('from nowhere else: not elsewhere, not around, not what somebody gave us', () => {
  for (const url of [
    'https://elsewhere.example/assets/x.js',
    '//elsewhere.example/assets/x.js',
    '/assets/../files/x.js',
    '/files/x.js',
    '/assets/x.js/../../api/x',
    'javascript:alert(1)',
    'data:text/javascript,alert(1)',
    'blob:https://chat.example.org/1',
    'https://js.hcaptcha.com/1/api.js?render=explicit&onload=x',
  ])
    assert.throws(() => scriptUrl(url), TypeError, url)
})
