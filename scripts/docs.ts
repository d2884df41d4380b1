/**
 * Writes every document that is made from code: `npm run docs`. With `--check` it writes nothing and fails, naming each
 * file that is not what it would write. Nothing here knows more than the code does: a sentence that is missing there is
 * missing here.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { format } from 'oxfmt'
import { envExample } from '../server/src/config.ts'
import { asyncApi, openApi } from '../server/src/transport/documents.ts'
import { dataModel } from './docs/data-model.ts'
import { runExamples } from './docs/examples.ts'
import { limits } from './docs/limits.ts'
import { notices } from './docs/notices.ts'
import { readmeWithFigures } from './docs/performance.ts'
import { root } from './docs/root.ts'
import { settingsPage } from './docs/settings.ts'
import { wire } from './docs/wire.ts'

const documents: Record<string, () => Promise<string> | string> = {
  'docs/wire.md': async () => wire(await runExamples()),
  'docs/openapi.json': () => json('docs/openapi.json', openApi()),
  'docs/asyncapi.json': () => json('docs/asyncapi.json', asyncApi()),
  'docs/data-model.md': dataModel,
  'docs/limits.md': limits,
  'docs/settings.md': settingsPage,
  '.env.example': envExample,
  'THIRD-PARTY-NOTICES.md': notices,
  'README.md': () => readmeWithFigures(read('README.md')),
}

const isCheck = process.argv.includes('--check')
const stale: string[] = []
for (const [file, make] of Object.entries(documents)) {
  const text = await make()
  if (read(file) === text) continue
  stale.push(file)
  if (!isCheck) writeFileSync(path.join(root, file), text)
}

if (stale.length === 0) console.log(`${Object.keys(documents).length} documents are up to date`)
else console.log(`${isCheck ? 'stale, run `npm run docs`' : 'written'}: ${stale.join(', ')}`)
if (isCheck && stale.length > 0) process.exitCode = 1

function read(file: string): string {
  try {
    return readFileSync(path.join(root, file), 'utf8')
  } catch {
    return ''
  }
}

/** As the format check wants it. */
async function json(file: string, value: unknown): Promise<string> {
  const { code, errors } = await format(file, JSON.stringify(value, null, 2), { printWidth: 120 })
  if (errors.length > 0) throw new Error(`${file} is not JSON: ${errors[0]?.message}`)
  return code
}
