import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { filesIn } from './files.mjs'
import { bin, progress, root, run } from './process.mjs'

const inputs = [
  'web/src',
  'web/public',
  'web/index.html',
  'web/boot.css',
  'web/vite.config.ts',
  'web/build.ts',
  'protocol/src',
  'package-lock.json',
]
const stamp = path.join(root, 'web/dist/.build-hash')

/** Builds the web client when a file it is made of has changed. A bundle over its budget is reported, not refused. */
export async function ensureWebBuilt(node) {
  if (!hasWeb() || (existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint())) return
  const told = progress('building the web client')
  const code = await buildWeb(node, { strict: false })
  told.done(code === 0 ? 'done' : 'FAILED')
  if (code !== 0) throw new Error('the web client could not be built; the reason is above')
}

/** Builds, compresses and weighs the web client; gives an exit code. `strict` fails it when a budget is exceeded. */
export async function buildWeb(node, { strict }) {
  if (!hasWeb()) {
    console.log('connectly: no web client to build yet (web/src/main.tsx is missing)')
    return 0
  }
  const before = fingerprint()
  const built = await run(node, [bin('vite', 'bin/vite.js'), 'build', '--logLevel', 'warn'], { cwd: 'web' })
  if (built !== 0) return built
  const weighed = await run(node, ['build.ts', ...(strict ? [] : ['--lenient'])], { cwd: 'web' })
  if (weighed !== 0) return weighed

  mkdirSync(path.dirname(stamp), { recursive: true })
  writeFileSync(stamp, before)
  return 0
}

function hasWeb() {
  return existsSync(path.join(root, 'web/src/main.tsx'))
}

function fingerprint() {
  const hash = createHash('sha256')
  for (const file of inputs.flatMap(filesIn).filter(isSource))
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(path.join(root, file)))
  return hash.digest('hex')
}

function isSource(file) {
  return !/\.test\.tsx?$/.test(file)
}
