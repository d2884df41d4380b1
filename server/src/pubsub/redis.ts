import { PubSubUnusable, type PubSub } from './pubsub.ts'

/** Messages by Redis pub/sub, queues in its sorted sets. Throws `PubSubUnusable` for an address that cannot be used. */
export async function openRedis(_url: string): Promise<PubSub> {
  throw new PubSubUnusable('Redis is not there yet.')
}
