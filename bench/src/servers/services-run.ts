/** Runs services for one sample: `node services-run.ts postgres redis`. Says where they are, and ends them with its standard input. */
import { startRedis } from '../../../server/src/pubsub/redis-kit.ts'
import { newMongo } from '../../../server/src/store/mongo/stand-in/kit.ts'
import { startPostgres } from '../../../server/src/store/postgres/kit.ts'
import type { Said } from '../services.ts'

const wanted = new Set(process.argv.slice(2))
const said: Said = { databaseUrl: null, mongodbUri: null, redisUrl: null, pids: [] }
const pids: number[] = []
const ends: (() => Promise<void>)[] = []

if (wanted.has('postgres')) {
  const { url, pid, stop } = await startPostgres({ fsync: true })
  said.databaseUrl = url
  pids.push(pid())
  ends.push(stop)
}
if (wanted.has('mongodb')) {
  const { uri, drop } = await newMongo()
  said.mongodbUri = uri
  ends.push(drop)
}
if (wanted.has('redis')) {
  const { url, pid, cleanUp } = await startRedis()
  said.redisUrl = url
  pids.push(pid())
  ends.push(cleanUp)
}
console.log(JSON.stringify({ ...said, pids }))

process.stdin.resume()
process.stdin.once('end', () => {
  Promise.all(ends.map((end) => end())).then(
    () => process.exit(0),
    (error: unknown) => {
      console.error(error)
      process.exit(1)
    },
  )
})
