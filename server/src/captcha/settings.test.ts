import assert from 'node:assert/strict'
import { test } from 'node:test'
import { captchaServices, captchaSettings, readCaptcha } from './settings.ts'

const keys = { CAPTCHA_SITE_KEY: 'a-site-key', CAPTCHA_SECRET: 'hunter2' }

test('without any setting programs are kept out by a sum of our own', () => {
  assert.deepEqual(read({}), { captcha: { kind: 'work', bits: 16 }, problems: [] })
  assert.deepEqual(read({ CAPTCHA: 'none' }), { captcha: { kind: 'none' }, problems: [] })
  assert.deepEqual(read({ WORK_BITS: '20' }).captcha, { kind: 'work', bits: 20 })
})

test('a service needs its two keys, and may be asked elsewhere, by TLS', () => {
  for (const CAPTCHA of captchaServices) {
    const found = read({ CAPTCHA, ...keys })
    const missing = read({ CAPTCHA })

    assert.deepEqual(found, {
      captcha: { kind: CAPTCHA, siteKey: 'a-site-key', secret: 'hunter2', score: 0.5, verifyUrl: null },
      problems: [],
    })
    assert.deepEqual(namesIn(missing.problems), ['CAPTCHA_SITE_KEY', 'CAPTCHA_SECRET'])
  }
  const CAPTCHA = 'recaptcha'
  for (const CAPTCHA_VERIFY_URL of ['https://www.recaptcha.net/x', 'http://127.0.0.1:9/', 'http://localhost/'])
    assert.deepEqual(read({ CAPTCHA, ...keys, CAPTCHA_VERIFY_URL }).problems, [])
  for (const CAPTCHA_VERIFY_URL of ['www.recaptcha.net', 'http://recaptcha.example', 'http://127.0.0.1.example/'])
    assert.deepEqual(namesIn(read({ CAPTCHA, ...keys, CAPTCHA_VERIFY_URL }).problems), ['CAPTCHA_VERIFY_URL'])
})

test('what cannot be is told by its name, and no line shows a secret', () => {
  const wrong = {
    CAPTCHA: [{ CAPTCHA: 'riddle' }],
    WORK_BITS: [{ WORK_BITS: '0' }, { WORK_BITS: '25' }, { WORK_BITS: 'many' }, { WORK_BITS: '1.5' }],
    CAPTCHA_SCORE: ['-1', '1.1', 'high', 'NaN'].map((CAPTCHA_SCORE) => ({
      CAPTCHA: 'recaptcha',
      ...keys,
      CAPTCHA_SCORE,
    })),
    CAPTCHA_SECRET: [{ CAPTCHA: 'hcaptcha', ...keys, CAPTCHA_SECRET: 'hunter2 and more' }],
  }

  for (const [name, cases] of Object.entries(wrong))
    for (const env of cases) {
      const { problems } = read(env)
      assert.deepEqual(namesIn(problems), [name], JSON.stringify(env))
      assert.ok(!problems.join().includes('hunter2'))
    }
})

function read(env: Record<string, string>) {
  const problems: string[] = []
  const captcha = readCaptcha((name) => env[name] ?? captchaSettings[name].default, problems)
  return { captcha, problems }
}

const namesIn = (problems: readonly string[]) => problems.map((problem) => problem.split(' ')[0])
