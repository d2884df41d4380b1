import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { startRedis, type TestRedis } from '../../server/src/pubsub/redis-kit.ts'
import { run, startPostgres, withDatabase, type TestPostgres } from '../../server/src/store/postgres/kit.ts'
import { openProxy, type Proxy } from './proxy.ts'

/* What the servers of a crash run stand on beside their own disk: a PostgreSQL that flushes, and a Redis. */

/** How PostgreSQL ends: in an orderly way, without a checkpoint, or as by a power cut of its processes. */
export type PostgresEnd = 'SIGINT' | 'SIGQUIT' | 'SIGKILL'

export type Services = {
  databaseUrl: string | null
  redisUrl: string | null
  postgres: { server: TestPostgres; proxy: Proxy; end: (how: PostgresEnd) => Promise<void> } | null
  redis: TestRedis | null
  close: () => Promise<void>
}

const DATABASE = 'crash'

/** Starts what is asked for. PostgreSQL is reached through a proxy, on a port that stays when the server goes. */
export async function openServices(wanted: { postgres: boolean; redis: boolean }): Promise<Services> {
  const server = wanted.postgres ? await startPostgres({ fsync: true, port: true }) : null
  const redis = wanted.redis ? await startRedis() : null
  if (server) await run(server.url, `create database ${DATABASE} template template0 encoding 'UTF8'`)
  const proxy = server && (await openProxy(Number(new URL(server.url).port)))
  return {
    databaseUrl: proxy && withDatabase(`postgres://postgres@127.0.0.1:${proxy.port}`, DATABASE),
    redisUrl: redis?.url ?? null,
    postgres: server && proxy && { server, proxy, end: (how) => endPostgres(server, how) },
    redis,
    close: async () => {
      await proxy?.close()
      await server?.stop()
      await redis?.cleanUp()
    },
  }
}

/** Ends the server, for `restart` to start it again on the same data. */
async function endPostgres(server: TestPostgres, how: PostgresEnd): Promise<void> {
  if (how === 'SIGKILL') return server.kill()
  const file = join(server.dataDir, 'postmaster.pid')
  process.kill(server.pid(), how)
  while (existsSync(file)) await pause(10)
}
