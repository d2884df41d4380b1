import { enableCompileCache } from 'node:module'
import { join } from 'node:path'

/*
 * What is started. It checks the runtime and lets Node keep what it has compiled, beside the packages and not in a
 * folder that others can write to; the rest is in start.ts, so that it is loaded with that in place.
 */

const NEEDED = 26

if (Number(process.versions.node.split('.')[0]) < NEEDED) {
  process.stderr.write(
    `Connectly needs Node ${NEEDED} or newer; this is ${process.version}. \`npm start\` brings its own.\n`,
  )
  process.exit(1)
}

enableCompileCache(join(import.meta.dirname, '../../node_modules/.cache/compiled'))
await import('./start.ts')
