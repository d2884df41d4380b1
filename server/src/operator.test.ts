import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { ConfigUnusable, readConfig } from './config.ts'

const dir = mkdtempSync(join(tmpdir(), 'connectly-operator-'))
test.after(() => rmSync(dir, { recursive: true }))
const read = (env: Record<string, string>) => readConfig({ DATA_DIR: join(dir, 'data'), ...env }).operator
const problemsOf = (env: Record<string, string>): readonly string[] => {
  try {
    read(env)
  } catch (error) {
    if (error instanceof ConfigUnusable) return error.problems
    throw error
  }
  return assert.fail('nothing was wrong with it')
}

test('who runs a server is nobody until it is said, and then as it is said', () => {
  const file = join(dir, 'privacy.md')
  writeFileSync(file, '# Ours\n')

  assert.deepEqual(read({}), {
    name: null,
    contact: null,
    address: null,
    securityContact: null,
    privacy: null,
    terms: null,
  })
  assert.deepEqual(
    read({
      OPERATOR_NAME: 'The Example Society',
      OPERATOR_CONTACT: 'hello@example.org',
      OPERATOR_ADDRESS: '1 Example Street',
      SECURITY_CONTACT: 'https://example.org/security',
      PRIVACY_FILE: file,
    }),
    {
      name: 'The Example Society',
      contact: 'hello@example.org',
      address: '1 Example Street',
      securityContact: 'https://example.org/security',
      privacy: '# Ours\n',
      terms: null,
    },
  )
})

test('what cannot be written to, is no line, or cannot be read is named together with what it takes', () => {
  writeFileSync(join(dir, 'empty.md'), '\n')
  const problems = problemsOf({
    OPERATOR_NAME: 'a\nb',
    OPERATOR_ADDRESS: 'x'.repeat(301),
    OPERATOR_CONTACT: 'javascript:alert(1)',
    SECURITY_CONTACT: 'http://example.org',
    PRIVACY_FILE: join(dir, 'none.md'),
    TERMS_FILE: join(dir, 'empty.md'),
  })

  const beginnings = [
    'OPERATOR_NAME takes one line',
    'OPERATOR_CONTACT takes a mail address, or an address like https:',
    'OPERATOR_ADDRESS takes one line',
    'SECURITY_CONTACT takes a mail address',
    'PRIVACY_FILE: the file cannot be read: ENOENT',
    'TERMS_FILE: ',
  ]
  assert.equal(problems.length, beginnings.length)
  for (const [nth, beginning] of beginnings.entries())
    assert.ok(problems[nth]?.startsWith(beginning), String(problems[nth]))
})
