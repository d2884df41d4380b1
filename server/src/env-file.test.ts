import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { readConfig } from './config.ts'

const main = join(import.meta.dirname, 'main.ts')

test('what stands in .env is used, and what stands in the environment wins over it', (t) => {
  const folder = folderWith(t, 'PORT=not-a-port\nLOG_LEVEL=shouting\n')

  const fromFile = say(folder, {})
  const overruled = say(folder, { LOG_LEVEL: 'warn' })

  assert.match(fromFile, /PORT takes .*"not-a-port"[^]*LOG_LEVEL takes .*"shouting"/)
  assert.match(overruled, /PORT takes .*"not-a-port"/)
  assert.doesNotMatch(overruled, /LOG_LEVEL/)
})

test('staging and production refuse what development makes up, and development needs nothing', (t) => {
  const folder = folderWith(t, '')

  for (const mode of ['staging', 'production']) {
    assert.throws(
      () => readConfig({ NODE_ENV: mode, DATA_DIR: folder }),
      /PUBLIC_URL is missing[^]*SECRET_KEY is missing/,
    )
  }
  const config = readConfig({ DATA_DIR: folder })
  assert.equal(config.production, false)
  assert.ok((config.secretKey?.length ?? 0) >= 32)
  assert.equal(readConfig({ DATA_DIR: folder }).secretKey, config.secretKey)
})

function folderWith(t: TestContext, env: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'connectly-env-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, '.env'), env)
  return folder
}

/** What the program says as it refuses to start in this folder. */
function say(folder: string, env: Record<string, string>): string {
  const { status, stderr } = spawnSync(process.execPath, [main], { cwd: folder, env, encoding: 'utf8' })
  assert.equal(status, 1)
  return stderr
}
