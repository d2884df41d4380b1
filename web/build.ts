/**
 * Runs after `vite build`: lays a .br and a .gz beside every file that shrinks, weighs what each route loads first,
 * and fails above the budgets. `--lenient` prints the same and lets it pass, for people who only want to start it.
 */
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

/** What a route imports lazily before it can be drawn, and the gzip kB (of 1000 bytes) it may load first, entry included. */
const routes = [
  { name: 'chat', pages: ['src/pages/SignedIn.tsx', 'src/pages/ChatPage.tsx'], script: 170 },
  { name: 'sign-in', pages: ['src/pages/AuthPage.tsx'], script: 115 },
]
const MAX_STYLE = 15
const MAX_LAZY_CHUNK = 60

type Chunk = {
  file: string
  isEntry?: boolean
  isDynamicEntry?: boolean
  imports?: string[]
  css?: string[]
}
type Manifest = Record<string, Chunk>
type Line = { what: string; size: number; limit: number }

const dist = path.join(import.meta.dirname, 'dist')
const compressible = /\.(js|css|html|svg|json|webmanifest|txt|xml|wasm|map)$/

const weights = await compress()
const manifest = JSON.parse(await readFile(path.join(dist, '.vite/manifest.json'), 'utf8')) as Manifest
const missing = routes.flatMap(({ name, pages }) =>
  pages.filter((page) => !manifest[page]).map((page) => ({ name, page })),
)
const lines = weigh(manifest)
const over = lines.filter(({ size, limit }) => size > limit)

print(lines)
for (const { name, page } of missing) console.error(`no budget for ${name}: ${page} is not a chunk; see web/build.ts`)
for (const { what, size, limit } of over) console.error(`over budget: ${what}: ${kB(size)} of ${kB(limit)} kB gzip`)
if ((over.length > 0 || missing.length > 0) && !process.argv.includes('--lenient')) process.exitCode = 1

/** Compresses what is worth it and gives every file's gzip size, by its path in dist. */
async function compress(): Promise<Map<string, number>> {
  const sizes = new Map<string, number>()
  const files = (await readdir(dist, { recursive: true })).filter((file) => !file.startsWith('.vite'))
  const work = files.map(async (file) => {
    const full = path.join(dist, file)
    if (!compressible.test(file) || !(await stat(full)).isFile()) return
    const raw = await readFile(full)
    const [small, smaller] = await Promise.all([
      promisify(gzip)(raw, { level: 9 }),
      promisify(brotliCompress)(raw, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: raw.length } }),
    ])
    sizes.set(file.split(path.sep).join('/'), small.length)
    if (small.length < raw.length) await writeFile(`${full}.gz`, small)
    if (smaller.length < raw.length) await writeFile(`${full}.br`, smaller)
  })
  await Promise.all(work)
  return sizes
}

function weigh(chunks: Manifest): Line[] {
  const entry = Object.keys(chunks).filter((key) => chunks[key]?.isEntry)
  const first = routes.map((route) => ({ ...route, loads: closure(chunks, [...entry, ...route.pages]) }))
  const eager = new Set(first.flatMap(({ loads }) => loads.map(({ file }) => file)))
  const lazy = [...new Set(Object.values(chunks).map(({ file }) => file))].filter(
    (file) => file.endsWith('.js') && !eager.has(file),
  )

  return [
    ...first.map(({ name, script, loads }) => ({
      what: `${name}: script`,
      size: sum(loads.map(({ file }) => file).filter((file) => file.endsWith('.js'))),
      limit: script * 1000,
    })),
    ...first.map(({ name, loads }) => ({
      what: `${name}: style`,
      size: sum(loads.flatMap(({ css }) => css ?? [])),
      limit: MAX_STYLE * 1000,
    })),
    ...lazy
      .map((file) => ({ what: `lazy ${path.basename(file)}`, size: sum([file]), limit: MAX_LAZY_CHUNK * 1000 }))
      .toSorted((a, b) => b.size - a.size),
  ]
}

/** The chunks that load before anything of these does: themselves and their static imports. */
function closure(chunks: Manifest, keys: string[]): Chunk[] {
  const seen = new Set<string>()
  const visit = (key: string) => {
    if (seen.has(key) || !chunks[key]) return
    seen.add(key)
    chunks[key].imports?.forEach(visit)
  }
  keys.forEach(visit)
  return [...seen].map((key) => chunks[key]!)
}

function sum(files: string[]): number {
  return [...new Set(files)].reduce((total, file) => total + (weights.get(file) ?? 0), 0)
}

function print(table: Line[]) {
  const wide = Math.max(...table.map(({ what }) => what.length))
  console.log(`${'gzip kB'.padStart(wide + 10)}   budget`)
  for (const { what, size, limit } of table) {
    console.log(`${what.padEnd(wide)} ${kB(size).padStart(9)} ${kB(limit).padStart(8)}${size > limit ? '  OVER' : ''}`)
  }
}

function kB(bytes: number): string {
  return (bytes / 1000).toFixed(1)
}
