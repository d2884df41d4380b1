import { startPostgres } from '../store/postgres/server.ts'
import { pubsubContract } from './contract.ts'
import { createHub } from './memory.ts'
import { openNotify } from './postgres.ts'
import { startRedis } from './redis-kit.ts'
import { openRedis } from './redis.ts'

pubsubContract('the hub', async () => {
  const hub = createHub()
  return {
    open: () => hub.open(),
    stop: async () => hub.stop(),
    start: async () => hub.start(),
    cleanUp: async () => undefined,
    hasQueues: true,
  }
})

pubsubContract('Redis', async () => {
  const server = await startRedis()
  return {
    open: () => openRedis(server.url),
    stop: server.kill,
    start: server.start,
    cleanUp: server.cleanUp,
    hasQueues: true,
  }
})

pubsubContract('NOTIFY of PostgreSQL', async () => {
  const server = await startPostgres({ port: true })
  return {
    open: () => openNotify(server.url),
    stop: server.kill,
    start: server.restart,
    cleanUp: server.stop,
    hasQueues: false,
  }
})
