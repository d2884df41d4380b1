import { spawn } from 'node:child_process'
import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { StoreSettings } from '../../server/src/store/open.ts'

export type ServiceName = 'postgres' | 'mongodb' | 'redis'

/** Where Connectly finds what it stands on, and the first processes of those that run on this machine. */
export type Services = Omit<StoreSettings, 'dataDir'> & {
  redisUrl: string | null
  pids: readonly number[]
  stop: () => Promise<void>
}

/** What the process of the services says of them, in one line. */
export type Said = Omit<Services, 'stop'>

/**
 * Starts what a sample needs, empty, on the CPU kept for servers: PostgreSQL that flushes every commit and Redis, on data in
 * this directory; a database on the replica set that TEST_MONGODB_URI names. They end with this process, however it ends.
 */
export async function startServices(wanted: readonly ServiceName[], dir: string): Promise<Services> {
  if (wanted.length === 0)
    return { databaseUrl: null, mongodbUri: null, redisUrl: null, pids: [], stop: async () => undefined }
  // PostgreSQL runs as a user of its own.
  chmodSync(dir, 0o755)
  const cpu = process.env['BENCH_SERVER_CPU']
  const pin = cpu ? ['taskset', '-c', cpu] : []
  const [program = '', ...args] = [
    ...pin,
    process.execPath,
    join(import.meta.dirname, 'servers/services-run.ts'),
    ...wanted,
  ]
  const child = spawn(program, args, {
    env: { ...process.env, NODE_ENV: 'test', TMPDIR: dir },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const gone = new Promise<void>((resolve) => child.on('close', () => resolve()))
  const said = await Promise.race([
    new Promise<string>((resolve) => createInterface(child.stdout).once('line', resolve)),
    gone.then(() => Promise.reject(new Error(`${wanted.join(' and ')} did not start`))),
  ])
  return {
    ...(JSON.parse(said) as Said),
    stop: () => {
      child.stdin.end()
      return gone
    },
  }
}
