import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, test } from 'node:test'

const root = path.resolve(import.meta.dirname, '../..')
const wall = 'connectly(walls)'
const cycle = 'import(no-cycle)'

/** What may not stand where: the file, what it imports, and what the lint has to say about it. */
const forbidden: [file: string, code: string, rule: string, says: RegExp][] = [
  ['server/src/features/pins/pins.ts', `import 'node:sqlite'`, wall, /belongs in server\/src\/store/],
  ['server/src/kernel/log.ts', `import type { DatabaseSync } from 'node:sqlite'`, wall, /server\/src\/store/],
  ['server/src/app.ts', `export { DatabaseSync } from 'node:sqlite'`, wall, /belongs in server\/src\/store/],
  ['server/src/main.ts', `await import('node:sqlite')`, wall, /belongs in server\/src\/store/],
  ['e2e/laws/deep.ts', `export type Db = import('node:sqlite').DatabaseSync`, wall, /server\/src\/store/],
  ['server/src/features/pins/web.ts', `import 'express'`, wall, /belongs in server\/src\/transport/],
  ['server/src/kernel/live.ts', `import 'socket.io'`, wall, /belongs in server\/src\/transport/],
  ['server/src/app.ts', `import 'helmet'`, wall, /belongs in server\/src\/transport/],
  ['server/src/features/pins/say.ts', `import 'pino'`, wall, /belongs in server\/src\/kernel/],
  ['server/src/store/count.ts', `import 'prom-client'`, wall, /belongs in server\/src\/kernel/],
  ['server/src/transport/slow.ts', `import 'rate-limiter-flexible'`, wall, /belongs in server\/src\/kernel/],
  ['web/src/features/pins/live.ts', `import 'socket.io-client'`, wall, /belongs in web\/src\/kernel/],
  ['server/src/app.ts', `import 'socket.io-client'`, wall, /test-kit/],
  ['web/src/features/pins/keep.ts', `import 'idb'`, wall, /belongs in web\/src\/kernel/],
  ['server/src/kernel/log.ts', `import '../features/pins/index.ts'`, wall, /kernel knows no feature/],
  ['server/src/store/sqlite/sqlite.ts', `import '../../features/pins/index.ts'`, wall, /store knows no feature/],
  ['server/src/transport/http.ts', `import '../features/features.ts'`, wall, /transport knows no feature/],
  ['web/src/kernel/replica.ts', `import '../features/pins/index.ts'`, wall, /kernel knows no feature/],
  [
    'server/src/features/pins/pins.ts',
    `import '../rooms/rooms.ts'`,
    wall,
    /door, server\/src\/features\/rooms\/index\.ts/,
  ],
  ['server/src/features/games/chess/play.ts', `import '../../rooms/rooms.ts'`, wall, /entered through its door/],
  ['server/src/app.ts', `import './features/pins/pins.ts'`, wall, /entered through its door/],
  ['web/src/features/pins/PinnedBar.tsx', `import '../rooms/Header.tsx'`, wall, /entered through its door/],
  ['web/src/routes.tsx', `import './features/rooms/ChatPage.tsx'`, wall, /entered through its door/],
  ['protocol/src/pins.ts', `import 'express'`, wall, /protocol imports nothing but zod/],
  ['protocol/src/pins.ts', `import 'node:crypto'`, wall, /protocol imports nothing but zod/],
  ['protocol/src/pins.ts', `import '../../server/src/kernel/log.ts'`, wall, /protocol imports nothing but zod/],
  ['web/src/ui/Button.tsx', `import '../features/pins/index.ts'`, wall, /ui\/ knows no feature/],
  ['web/src/ui/Button.tsx', `import '@connectly/protocol'`, wall, /ui\/ knows no protocol/],
  ['web/src/ui/Button.tsx', `import '../kernel/connection.ts'`, wall, /ui\/ knows no kernel/],
  ['server/src/app.ts', `import '@connectly/web/src/kernel/replica.ts'`, wall, /server never imports the web client/],
  ['server/src/app.ts', `import '../../web/src/app.tsx'`, wall, /server never imports the web client/],
  ['web/src/kernel/replica.ts', `import type {} from '@connectly/server/app'`, wall, /web client never imports/],
  ['web/src/features/pins/pins.ts', `import './PinnedBar.tsx'`, wall, /pure and runs without JSX/],
  ['server/src/kernel/a.ts', `import { b } from './b.ts'\nexport const a = () => b`, cycle, /./],
]

/** The same neighbourhood, as it is meant. */
const allowed: [file: string, code: string][] = [
  ['server/src/store/sqlite/sqlite.ts', `import 'node:sqlite'`],
  ['server/src/transport/socket.ts', `import 'socket.io'\nimport 'express'\nimport 'helmet'`],
  ['server/src/kernel/logger.ts', `import 'pino'\nimport 'prom-client'\nimport 'rate-limiter-flexible'`],
  ['server/src/test-kit.ts', `import 'socket.io-client'\nimport './app.ts'`],
  ['server/src/app.ts', `import './features/features.ts'\nimport './store/sqlite/sqlite.ts'`],
  ['server/src/features/features.ts', `import './pins/index.ts'\nimport './rooms/index.ts'`],
  ['server/src/features/pins/index.ts', `import './pins.ts'\nimport '../rooms/index.ts'\nimport '../../kernel/log.ts'`],
  ['server/src/features/games/chess/play.ts', `import '../index.ts'\nimport '../../rooms/index.ts'`],
  ['protocol/src/pins.ts', `import 'zod'\nimport 'zod/mini'\nimport './ids.ts'`],
  ['protocol/src/pins.test.ts', `import 'node:test'\nimport 'fast-check'\nimport './pins.ts'`],
  ['web/src/kernel/connection.ts', `import 'socket.io-client'\nimport 'idb'\nimport '@connectly/protocol'`],
  ['web/src/features/pins/index.ts', `export const bar = () => import('./PinnedBar.tsx')\nimport './pins.ts'`],
  [
    'web/src/features/pins/PinnedBar.tsx',
    `import '../../ui/Button.tsx'\nimport '../rooms/index.ts'\nimport './pins.ts'`,
  ],
  ['e2e/laws/snapshot.ts', `import '@connectly/server/test-kit'\nimport '@connectly/web/src/features/pins/pins.ts'`],
]

type Finding = { filename: string; code: string; message: string }
let tree: string

before(async () => {
  tree = await mkdtemp(path.join(tmpdir(), 'connectly-walls-'))
  await cp(path.join(root, '.oxlintrc.json'), path.join(tree, '.oxlintrc.json'))
  await cp(path.join(root, 'scripts/lint'), path.join(tree, 'scripts/lint'), { recursive: true })
  await symlink(path.join(root, 'node_modules'), path.join(tree, 'node_modules'), 'junction')
})

after(() => rm(tree, { recursive: true, force: true }))

test('every forbidden import is reported, where it stands and with the place it belongs', async () => {
  const planted = forbidden.map(([file, code]) => ({ file: unique(file), code }))
  await plant([...planted, { file: 'server/src/kernel/b.ts', code: `import { a } from './a.ts'\nexport const b = a` }])

  const findings = await lint()

  for (const [index, [file, code, rule, says]] of forbidden.entries()) {
    const here = findings.filter((finding) => finding.filename === planted[index]?.file && finding.code === rule)
    assert.ok(here.length > 0, `${rule} did not see ${code} in ${file}`)
    assert.match(here[0]?.message ?? '', says, `${code} in ${file}`)
  }
})

test('the imports the architecture is made of are not reported', async () => {
  await plant(allowed.map(([file, code]) => ({ file, code })))

  const findings = await lint()

  const files = new Set(allowed.map(([file]) => file))
  assert.deepEqual(
    findings.filter(({ filename, code }) => files.has(filename) && (code === wall || code === cycle)),
    [],
  )
})

/** Several plants may want the same file; each gets its own, in the same folder. Named files keep their name. */
const taken = new Map<string, number>()
function unique(file: string): string {
  const before = taken.get(file) ?? 0
  taken.set(file, before + 1)
  const { dir, name, ext } = path.posix.parse(file)
  return before === 0 ? file : `${dir}/${name}-${before}${ext}`
}

async function plant(files: { file: string; code: string }[]) {
  for (const place of ['server', 'web', 'protocol', 'e2e'])
    await rm(path.join(tree, place), { recursive: true, force: true })
  for (const { file, code } of files) {
    await mkdir(path.dirname(path.join(tree, file)), { recursive: true })
    await writeFile(path.join(tree, file), `${code}\n`)
  }
}

/** The findings of the real configuration on the planted tree. Types are not needed to see an import. */
async function lint(): Promise<Finding[]> {
  const program = path.join(root, 'node_modules/oxlint/bin/oxlint')
  const stdout = await new Promise<string>((resolve, reject) => {
    execFile(process.execPath, [program, '--format=json', '.'], { cwd: tree, maxBuffer: 1e8 }, (error, out) => {
      if (out.startsWith('{')) resolve(out)
      else reject(error ?? new Error(out))
    })
  })
  return (JSON.parse(stdout) as { diagnostics: Finding[] }).diagnostics
}
