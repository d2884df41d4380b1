/* global connect, sleep, process, print */
// Run by mongosh (compose.mongo.yaml): makes a replica set of one node, and the user that Connectly signs in as.
const root = encodeURIComponent(process.env.MONGO_ROOT_PASSWORD)
const admin = patiently(() => connect(`mongodb://root:${root}@mongo:27017/admin?directConnection=true`))

try {
  admin.adminCommand({ replSetGetStatus: 1 })
} catch (error) {
  if (error.codeName !== 'NotYetInitialized') throw error
  admin.adminCommand({ replSetInitiate: { _id: 'rs0', members: [{ _id: 0, host: 'mongo:27017' }] } })
}
patiently(() => {
  if (!admin.adminCommand({ hello: 1 }).isWritablePrimary) throw new Error('The replica set has no primary yet.')
})

const connectly = admin.getSiblingDB('connectly')
if (!connectly.getUser('connectly')) {
  connectly.createUser({
    user: 'connectly',
    pwd: process.env.MONGO_PASSWORD,
    roles: ['readWrite', 'dbAdmin'],
  })
}
print('The replica set and the user are there.')

/** Tries again for a minute: the server may still be setting itself up. */
function patiently(work) {
  for (let tries = 0; ; tries++) {
    try {
      return work()
    } catch (error) {
      if (tries === 60) throw error
      sleep(1000)
    }
  }
}
