import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { root } from './process.mjs'

/**
 * The engines that the tests stand on besides SQLite, each with its environment and a word on what it is. PostgreSQL is
 * the real server of its package; MongoDB is a stand-in of ours unless TEST_MONGODB_URI names a replica set.
 */
export const engines = [
  {
    name: process.env.TEST_POSTGRES ? 'PostgreSQL (the server that TEST_POSTGRES names)' : 'PostgreSQL',
    env: { TEST_ENGINE: 'postgres' },
  },
  {
    name: process.env.TEST_MONGODB_URI
      ? 'MongoDB (the replica set that TEST_MONGODB_URI names)'
      : 'MongoDB (a stand-in; a real replica set only where TEST_MONGODB_URI names one)',
    env: { TEST_ENGINE: 'mongodb' },
  },
]

/** Starts one PostgreSQL for the whole run; it ends with this process, however that ends. Throws with the reason if it cannot. */
export async function startPostgres(node) {
  const named = process.env.TEST_POSTGRES
  if (named) return { env: { TEST_POSTGRES: named }, stop: async () => undefined }
  const child = spawn(node, ['server/src/store/postgres/kit.ts', '--serve'], {
    cwd: root,
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, NODE_ENV: 'test' },
  })
  const ended = once(child, 'exit')
  const url = await Promise.race([
    once(createInterface(child.stdout), 'line').then(([line]) => line),
    ended.then(() => undefined),
  ])
  if (!url) throw new Error('PostgreSQL for the tests did not start; the reason is above')
  return {
    env: { TEST_POSTGRES: url },
    stop: async () => {
      child.stdin.end()
      await ended
    },
  }
}
