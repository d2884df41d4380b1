import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'

const root = path.resolve(import.meta.dirname, '../..')
const read = (file: string) => readFileSync(path.join(root, file), 'utf8')

test('the documents that are made from code are what the code makes of them today', async () => {
  const checked = await promisify(execFile)(process.execPath, ['scripts/docs.ts', '--check'], { cwd: root }).catch(
    (error: { stdout: string; stderr: string }) => error,
  )

  assert.match(checked.stdout, /up to date/, `${checked.stdout}${checked.stderr}\nRun \`npm run docs\`.`)
})

test('every relative link in a Markdown file leads to a file, and to a heading where it names one', () => {
  const lost = markdownFiles().flatMap((file) =>
    linksOf(read(file))
      .filter((link) => !leads(file, link))
      .map((link) => `${file}: ${link}`),
  )

  assert.deepEqual(lost, [])
})

test('every path that ARCHITECTURE.md and CONTRIBUTING.md name exists', () => {
  const named = ['ARCHITECTURE.md', 'CONTRIBUTING.md'].flatMap((file) =>
    pathsOf(read(file)).map((place) => ({ file, place })),
  )

  assert.ok(named.length > 40, 'few paths were found: has the way they are written changed?')
  assert.deepEqual(
    named.filter(({ place }) => !existsSync(path.join(root, place))).map(({ file, place }) => `${file}: ${place}`),
    [],
  )
})

test('ARCHITECTURE.md stays short enough to be read: 250 lines at most', () => {
  assert.ok(read('ARCHITECTURE.md').trimEnd().split('\n').length <= 250)
})

test('every npm command that a Markdown file names is in package.json', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
  const known = new Set([...Object.keys(scripts), 'ci', 'install'])

  const unknown = markdownFiles().flatMap((file) =>
    codeIn(read(file))
      .flatMap((code) => [...code.matchAll(/\bnpm (?:run )?([a-z][\w:-]*)/g)])
      .map((found) => found[1] ?? '')
      .filter((name) => !known.has(name))
      .map((name) => `${file}: npm ${name}`),
  )

  assert.deepEqual(unknown, [])
})

test('the decisions are numbered without a gap, and each says context, decision, alternatives and consequences', () => {
  const files = readdirSync(path.join(root, 'docs/decisions')).toSorted()

  assert.deepEqual(
    files.map((file) => Number(file.slice(0, 4))),
    files.map((_, index) => index + 1),
  )
  for (const file of files)
    for (const heading of ['## Context', '## Decision', '## Considered', '## Consequences'])
      assert.ok(read(`docs/decisions/${file}`).includes(`\n${heading}\n`), `${file} has no ${heading}`)
})

/** Markdown at the root, in docs/ and in bench/. */
function markdownFiles(): string[] {
  const inFolder = (folder: string): string[] =>
    readdirSync(path.join(root, folder), { recursive: true }).map((file) =>
      path.posix.join(folder, String(file).split(path.sep).join('/')),
    )
  const atRoot = readdirSync(root)
  return [...atRoot, ...inFolder('docs'), 'bench/README.md'].filter((file) => file.endsWith('.md'))
}

/** Links and pictures, without those that lead out of the repository, and without what stands in code. */
function linksOf(text: string): string[] {
  const prose = text.replace(/```[^]*?```/g, '').replace(/`[^`\n]*`/g, '')
  const found = [...prose.matchAll(/\]\(([^)\s]+)\)|\b(?:src|href)="([^"]+)"/g)].map((each) => each[1] ?? each[2] ?? '')
  return found.filter((link) => !/^(?:https?|mailto):/.test(link))
}

function leads(from: string, link: string): boolean {
  const [target = '', heading] = link.split('#')
  const file = target === '' ? from : path.posix.join(path.posix.dirname(from), target)
  if (!existsSync(path.join(root, file))) return false
  return heading === undefined || headingsOf(read(file)).includes(heading)
}

/** What stands in code marks, in a line or in a block. */
function codeIn(text: string): string[] {
  return [...text.matchAll(/```[^]*?```|`[^`\n]+`/g)].map((found) => found[0])
}

/** Headings as the anchors that GitHub makes of them. */
function headingsOf(text: string): string[] {
  return [...text.replace(/```[^]*?```/g, '').matchAll(/^#+ (.+)$/gm)].map((found) =>
    (found[1] ?? '')
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}

/** What stands in code marks and looks like a path from the root: a folder of ours, or a file beside package.json. */
function pathsOf(text: string): string[] {
  return [...text.matchAll(/`([^`\n]+)`/g)]
    .map((found) => found[1] ?? '')
    .filter((each) => /^(?:protocol|server|web|e2e|bench|scripts|docs|\.githooks|\.github|\.ci)\/[\w./-]*$/.test(each))
}
