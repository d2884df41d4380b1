import { alone } from './memory.ts'
import type { PubSub, Report } from './pubsub.ts'

export type PubSubSettings = { databaseUrl: string | null; redisUrl: string | null }

/**
 * Opens what carries messages between processes: Redis where it is set, else the PostgreSQL database itself, else nothing,
 * for a process that is alone. A service that is away is no reason not to start: it is reported, now and later, and tried
 * again. Throws `PubSubUnusable` with one line when the settings cannot be used.
 */
export async function openPubSub({ databaseUrl, redisUrl }: PubSubSettings, report?: Report): Promise<PubSub> {
  if (redisUrl) return (await import('./redis.ts')).openRedis(redisUrl, report)
  if (databaseUrl) return (await import('./postgres.ts')).openNotify(databaseUrl, report)
  return alone()
}
