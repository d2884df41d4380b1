import { PubSubAway, PubSubUnusable } from './pubsub.ts'
import type { RedisAddress } from './redis-address.ts'

/** What Redis has to allow; `ACL SETUSER connectly on >password` goes before it. */
export const rights =
  '~connectly:* &connectly:* +ping +select +publish +subscribe +unsubscribe +client|setname +eval +evalsha +time +pexpire +pttl +zadd +zcard +zcount +zrange +zrangebyscore +zrevrange +zscore +zrem +hset +hget +hdel'

/** A line for a Redis that does not answer. */
export const silence = (address: RedisAddress) =>
  `REDIS_URL: the Redis at ${placeOf(address)} does not answer${address.tls ? ' in TLS' : ''}.`

/**
 * What went wrong, in one line. What the server says is never repeated: some versions quote the password. Only an
 * operator can help with `PubSubUnusable`; the rest may pass by itself.
 */
export function explain(error: unknown, address: RedisAddress): PubSubUnusable | PubSubAway {
  if (error instanceof PubSubUnusable || error instanceof PubSubAway) return error
  const { code = '', message = '' } = (error ?? {}) as { code?: string; message?: string }
  const { host, db, tls } = address
  const at = placeOf(address)

  if (/^(WRONGPASS|ERR invalid password|ERR AUTH)/.test(message))
    return unusable('Redis refuses the user name or the password')
  if (message.startsWith('NOAUTH')) return unusable('Redis wants a password; write it as redis://user:password@host')
  if (isMissingRight(message)) return unusable(`its user lacks rights in Redis; it needs ${rights}`)
  if (message.startsWith('ERR DB index')) return unusable(`Redis has no database ${db}`)
  if (message.startsWith('Protocol error'))
    return unusable(`what answers at ${at} is not a Redis without TLS; with TLS it is rediss://`)
  if (/CERT|LEAF_SIGNATURE/.test(code))
    return unusable(`the certificate of ${at} is not trusted (${code}); name its authority in NODE_EXTRA_CA_CERTS`)
  if (tls && /^(EPROTO|ERR_SSL)/.test(code)) return unusable(`what answers at ${at} does not speak TLS`)

  if (message.startsWith('READONLY')) return away(`the Redis at ${at} is a copy that cannot be written to`)
  if (message.startsWith('LOADING')) return away(`the Redis at ${at} is still loading its data`)
  if (code === 'ECONNREFUSED') return away(`no Redis listens at ${at}`)
  if (/^(ENOTFOUND|EAI_AGAIN)$/.test(code)) return away(`no host ${host} is known`)
  if (code === 'ECONNRESET' && !tls) return away(`${at} broke the connection off; if it speaks TLS, use rediss://`)
  const word = code || (/^[A-Z]{3,20}\b/.exec(message)?.[0] ?? '')
  return away(`the connection to Redis at ${at} was lost${word && ` (${word})`}`)
}

/** Inside a script it is told in other words, which differ between versions. */
export const isMissingRight = (message: string) =>
  /^NOPERM|ACL failure in script|user executing the script/.test(message)

const unusable = (why: string) => new PubSubUnusable(`REDIS_URL cannot be used: ${why}.`)
const away = (why: string) => new PubSubAway(`REDIS_URL: ${why}.`)

function placeOf({ host, port }: RedisAddress): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}
