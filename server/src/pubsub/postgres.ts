import { PubSubUnusable, type PubSub, type Report } from './pubsub.ts'

/** Messages by PostgreSQL's NOTIFY on a connection of their own, for a few processes without Redis. */
export async function openNotify(_url: string, _report?: Report): Promise<PubSub> {
  throw new PubSubUnusable('NOTIFY is not there yet.')
}
