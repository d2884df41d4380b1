import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'

/* docs/sync-spec.md is a list of promises; a promise without a test is a wish. */

const root = path.resolve(import.meta.dirname, '../..')

test('every rule of the specification is cited by the name of a test', () => {
  const rules = rulesOf(readFileSync(path.join(root, 'docs/sync-spec.md'), 'utf8'))
  const cited = new Set(testFiles().flatMap((file) => citedIn(readFileSync(path.join(root, file), 'utf8'))))

  const bare = rules.filter((rule) => !cited.has(rule))

  assert.ok(rules.length > 40, 'the specification was not found')
  assert.deepEqual(bare, [], 'these rules have no test whose name cites them as [RULE]')
})

test('every rule that a test cites stands in the specification', () => {
  const rules = new Set(rulesOf(readFileSync(path.join(root, 'docs/sync-spec.md'), 'utf8')))

  const unknown = testFiles().flatMap((file) =>
    citedIn(readFileSync(path.join(root, file), 'utf8'))
      .filter((rule) => !rules.has(rule))
      .map((rule) => `${file}: ${rule}`),
  )

  assert.deepEqual(unknown, [])
})

test('rules are numbered without a gap or a repeat', () => {
  const rules = rulesOf(readFileSync(path.join(root, 'docs/sync-spec.md'), 'utf8'))

  for (const group of new Set(rules.map((rule) => rule.slice(0, 2)))) {
    const numbers = rules.filter((rule) => rule.startsWith(group)).map((rule) => Number(rule.slice(2)))
    assert.deepEqual(
      numbers,
      numbers.map((_, index) => index + 1),
      group,
    )
  }
})

test('only names of tests that run are counted', () => {
  const source = `
    test('[ST1] [LG2] counted, both', () => {})
    test(\`[RE3] counted \${too}\`, async () => {})
    it("[OB4] counted", () => {})
    // [AS1] a comment is not a test
    test.skip('[AS2] not run', () => {})
    test.todo('[AS3] not run')
    test('[AS4] never begun', { skip: true }, () => {})
    assert.equal(text, '[AS5]')
  `

  assert.deepEqual(citedIn(source), ['ST1', 'LG2', 'RE3', 'OB4'])
})

/** The numbers of all rules, in the order of the document. */
function rulesOf(markdown: string): string[] {
  return [...markdown.matchAll(/^- \*\*([A-Z]{2}\d+)\*\* /gm)].map(([, rule]) => rule as string)
}

/** The rules that a file's tests cite in their names. */
function citedIn(source: string): string[] {
  const names = source.matchAll(/\b(?:test|it)\(\s*(['"`])((?:\\.|(?!\1).)*)\1(,\s*\{\s*(?:skip|todo)\b)?/g)
  return [...names].flatMap(([, , name = '', skipped]) =>
    skipped ? [] : [...name.matchAll(/\[([A-Z]{2}\d+)\]/g)].map(([, rule]) => rule as string),
  )
}

/** Test files that git knows or could know, and the suites that engines share. */
function testFiles(): string[] {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: root })
  return String(listed)
    .split('\n')
    .filter((file) => /\.(?:test|spec)\.tsx?$|\bcontract\.ts$/.test(file))
    .filter((file) => file !== 'e2e/laws/spec.test.ts')
}
