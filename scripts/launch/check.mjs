import path from 'node:path'
import { readJson } from './files.mjs'
import { bin, run, seconds } from './process.mjs'

/** Format, lint, types, dead code. All run, whatever the others say; gives an exit code. */
export async function runCheck(node) {
  const { workspaces } = readJson('package.json')
  const projects = ['.', ...workspaces]
  const env = { PATH: `${path.dirname(node)}${path.delimiter}${process.env.PATH}` }
  /** @type {[string, string[]][]} */
  const checks = [
    ['format', [bin('oxfmt', 'bin/oxfmt'), '--check', '.']],
    ['lint', [bin('oxlint', 'bin/oxlint'), '--type-aware', '--deny-warnings', '.']],
    ...projects.map((place) => [`types in ${place}`, [bin('typescript', 'bin/tsc'), '-p', place]]),
    ['dead code', [bin('knip', 'bin/knip.js'), '--no-progress']],
  ]

  const failed = []
  for (const [name, args] of checks) {
    const began = Date.now()
    const code = await run(node, args, { env, limit: 120_000 })
    console.log(`${code === 0 ? '✔' : '✖'} ${name} (${seconds(began)})`)
    if (code !== 0) failed.push(name)
  }
  if (failed.length > 0) console.error(`\ncheck failed: ${failed.join(', ')}`)
  return failed.length > 0 ? 1 : 0
}
