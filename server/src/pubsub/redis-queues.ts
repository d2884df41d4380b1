import type { Redis } from 'ioredis'
import { PubSubAway, type Queues } from './pubsub.ts'
import { isMissingRight } from './redis-faults.ts'

/*
 * A queue is two sorted sets, of turns and of when each entry is over, and a hash of the data. The scripts run alone, so
 * nobody is taken twice; the time is the server's, so processes need not agree on it. All three keys go when the last
 * entry would have, so nothing stays behind.
 */

const keysOf = (queue: string) => ['turns', 'until', 'data'].map((part) => `connectly:{${queue}}:${part}`)

const start = `
local turns, untils, datas = KEYS[1], KEYS[2], KEYS[3]
local time = redis.call('time')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function forget(id)
  redis.call('zrem', untils, id)
  redis.call('hdel', datas, id)
  return redis.call('zrem', turns, id)
end
for _, id in ipairs(redis.call('zrangebyscore', untils, '-inf', now)) do forget(id) end
`

const scripts = {
  join: `${start}
local id, data, lasts = ARGV[1], ARGV[2], tonumber(ARGV[3])
if not redis.call('zscore', turns, id) then
  local last = redis.call('zrevrange', turns, 0, 0, 'withscores')
  redis.call('zadd', turns, (last[2] or 0) + 1, id)
end
redis.call('zadd', untils, now + lasts, id)
redis.call('hset', datas, id, data)
for _, key in ipairs(KEYS) do
  if redis.call('pttl', key) < lasts then redis.call('pexpire', key, lasts) end
end`,
  leave: `${start}
return forget(ARGV[1])`,
  take: `${start}
local count = tonumber(ARGV[1])
if count < 1 or redis.call('zcard', turns) < count then return {} end
local taken = {}
for _, id in ipairs(redis.call('zrange', turns, 0, count - 1)) do
  taken[#taken + 1] = id
  taken[#taken + 1] = redis.call('hget', datas, id)
  forget(id)
end
return taken`,
  size: `${start}
return redis.call('zcard', turns)`,
}

type Run = (...given: (string | number)[]) => Promise<unknown>
type Scripted = { [Name in keyof typeof scripts as `queue${Capitalize<Name>}`]: Run }

/** Teaches a client the scripts, before it is used for queues. */
export function defineQueueScripts(client: Redis): void {
  for (const [name, lua] of Object.entries(scripts))
    client.defineCommand(`queue${name[0]?.toUpperCase()}${name.slice(1)}`, { lua, numberOfKeys: 3 })
}

/** Fails where the user may not do what the scripts do, or nobody may write. A Redis whose disk is full still carries messages. */
export async function tryQueues(client: Redis, id: string): Promise<void> {
  const { queueJoin, queueTake } = client as Redis & Scripted
  try {
    await queueJoin.call(client, ...keysOf('tried'), id, '', 1000)
    await queueTake.call(client, ...keysOf('tried'), 1)
  } catch (error) {
    const { message } = error as Error
    if (isMissingRight(message) || /READONLY|LOADING/.test(message)) throw error
  }
}

/** Queues through the client that is connected now; none while Redis is away. */
export function createRedisQueues(client: () => Redis | undefined): Queues {
  const run = async (name: keyof Scripted, queue: string, ...given: (string | number)[]) => {
    const connected = client() as (Redis & Scripted) | undefined
    if (!connected) throw new PubSubAway('Redis is away')
    try {
      return await connected[name](...keysOf(queue), ...given)
    } catch (error) {
      throw new PubSubAway('Redis did not answer', { cause: error })
    }
  }
  return {
    join: async (queue, id, data, forMs) => void (await run('queueJoin', queue, id, data, forMs)),
    leave: async (queue, id) => (await run('queueLeave', queue, id)) === 1,
    take: async (queue, count) => {
      const flat = (await run('queueTake', queue, count)) as string[]
      return flat.flatMap((id, at) => (at % 2 === 0 ? [{ id, data: flat[at + 1] ?? '' }] : []))
    },
    size: async (queue) => Number(await run('queueSize', queue)),
  }
}
