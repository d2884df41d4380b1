/**
 * Connectly as it ships, but for its numbers: every limit still counts and checks, only so high that the load, which
 * comes from few people and one address, does not meet it.
 */
import { createApp } from '@connectly/server/app'
import type { ConnectlySettings } from './connectly-seed.ts'

/** Where the store is, and what carries messages between processes. */
const { dataDir, databaseUrl, mongodbUri, redisUrl } = JSON.parse(process.argv[2] ?? '') as ConnectlySettings

const limit = { points: 1_000_000_000, seconds: 60, by: 'person' as const }

const app = await createApp(
  {
    port: 0,
    host: '127.0.0.1',
    dataDir,
    publicUrl: null,
    trustedProxies: [],
    logs: null,
    metricsToken: null,
    corsOrigins: [],
    logLevel: 'warn',
    secretKey: 'a key for measuring, long enough to be one',
    production: false,
    databaseUrl,
    mongodbUri,
    redisUrl,
  },
  {
    limits: {
      read: limit,
      write: limit,
      send: limit,
      open: limit,
      search: limit,
      request: limit,
      membership: limit,
      signal: limit,
      signIn: { ...limit, by: 'address' },
      signUp: { ...limit, by: 'address' },
    },
  },
)
console.log(`Connectly is at ${await app.listen()}`)

process.on('SIGTERM', () => {
  app.stop().then(
    () => process.exit(0),
    () => process.exit(1),
  )
})
