import assert from 'node:assert/strict'
import { writeFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { selfSigned } from '../store/certificate-kit.ts'
import { heardBy, until } from './contract.ts'
import { PubSubUnusable, type PubSub } from './pubsub.ts'
import { isPrivateHost, readRedisAddress } from './redis-address.ts'
import { rights } from './redis-faults.ts'
import { startRedis } from './redis-kit.ts'
import { openRedis } from './redis.ts'

/* What REDIS_URL may say, and what is answered to whoever wrote it. */

const SECRET = 'p@ss:w/rd?#%'
const written = encodeURIComponent(SECRET)

async function refusal(open: Promise<PubSub>): Promise<string> {
  const error = await open.then(
    (pubsub) => pubsub.close(),
    (why: unknown) => why,
  )
  assert.ok(error instanceof PubSubUnusable, String(error))
  assert.match(error.message, /^REDIS_URL cannot be used: [^\n]+\.$/)
  assert.doesNotMatch(error.message, /p@ss|p%40ss/)
  return error.message
}

suite('REDIS_URL', () => {
  test('an address is read whole, signs in the password included', () => {
    assert.deepEqual(readRedisAddress(`rediss://conn:${written}@cache.example.org/3`), {
      host: 'cache.example.org',
      port: 6379,
      db: 3,
      username: 'conn',
      password: SECRET,
      tls: { servername: 'cache.example.org', rejectUnauthorized: true },
    })
    const plain = readRedisAddress('redis://[::1]:7000')
    assert.deepEqual(plain, {
      host: '::1',
      port: 7000,
      db: 0,
      username: undefined,
      password: undefined,
      tls: undefined,
    })
  })

  test('an address that says something else is refused without showing it', async () => {
    for (const url of [
      'redis://',
      `redis://:${SECRET}@localhost`,
      `redis://:p@ss%@localhost`,
      `http://:${written}@localhost`,
      `redis://:${written}@localhost/1/2`,
      `redis://:${written}@localhost/?tls=false`,
      `redis://:${written}@localhost:70000`,
      `redis://:p%40ss%@localhost`,
    ])
      await refusal(openRedis(url))
  })

  test('a public host without TLS is refused, a private one is not', () => {
    const isPrivate =
      'localhost redis redis-1 a.localhost db.internal pi.local. 127.0.0.1 10.1.2.3 172.31.0.1 192.168.0.9 169.254.1.1 100.100.1.1 ::1 fd00::1 fe80::1 ::ffff:10.0.0.1'
    const isPublic =
      'redis.example.org local internal.example 8.8.8.8 172.32.0.1 100.128.0.1 192.169.0.1 2606:4700::1 ::ffff:8.8.8.8 134744072 0x08080808 8.526344 10.0.0.1.example'
    for (const host of isPrivate.split(' ')) assert.ok(isPrivateHost(host), host)
    for (const host of isPublic.split(' ')) assert.equal(isPrivateHost(host), host === 'local', host)
    assert.throws(
      () => readRedisAddress(`redis://:${written}@redis.example.org`),
      /redis\.example\.org is a public host.*rediss:/,
    )
    assert.ok(readRedisAddress('rediss://redis.example.org').tls)
  })

  test('a user with our few rights is enough; a wrong password and missing rights are told at once', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'connectly-acl-'))
    const file = join(folder, 'users.acl')
    const line = (name: string, granted: string) => `user ${name} on >${SECRET} ${granted}`
    const users = [
      'user default off',
      line('connectly', rights),
      line('deaf', rights.replace('&connectly:*', 'resetchannels')),
      line('poor', rights.replace('+zadd', '')),
    ]
    writeFileSync(file, `${users.join('\n')}\n`)
    const server = await startRedis(['--aclfile', file], { username: 'connectly', password: SECRET })
    const as = (user: string, password = written) => `redis://${user}:${password}@127.0.0.1:${server.port}/0`
    try {
      const [alice, bob] = [await openRedis(as('connectly')), await openRedis(as('connectly'))]
      const heard = heardBy(bob, 'news')
      alice.say('news', 'hello')
      await alice.queues?.join('pool', 'ann', '', 1000)
      assert.deepEqual(await bob.queues?.take('pool', 1), [{ id: 'ann', data: '' }])
      assert.equal(await bob.queues?.leave('pool', 'ann'), false)
      await until('the news', () => heard.length === 1)
      await Promise.all([alice.close(), bob.close()])

      assert.match(await refusal(openRedis(as('connectly', 'p%40ss'))), /refuses the user name or the password/)
      assert.match(await refusal(openRedis(as('nobody'))), /refuses the user name or the password/)
      assert.match(await refusal(openRedis(`redis://127.0.0.1:${server.port}`)), /wants a password/)
      assert.match(await refusal(openRedis(as('deaf'))), /lacks rights.*&connectly:\*/)
      assert.match(await refusal(openRedis(as('poor'))), /lacks rights.*\+zadd/)
    } finally {
      await server.cleanUp()
      rmSync(folder, { recursive: true })
    }
  })

  test('a database that is not there is refused, and a server that is away is waited for', async () => {
    const server = await startRedis()
    assert.match(await refusal(openRedis(`${server.url}/99`)), /no database 99/)
    await server.kill()
    const lines: string[] = []
    const pubsub = await openRedis(server.url.replace('//', `//:${written}@`), (line) => lines.push(line))

    assert.equal(pubsub.isOpen(), false)
    assert.match(lines.join(), /^REDIS_URL: no Redis listens at 127\.0\.0\.1:\d+\. Nothing is said [^\n]*$/)
    assert.doesNotMatch(lines.join(), /p@ss|p%40ss/)
    await pubsub.close()
    await server.cleanUp()
  })

  test('TLS is verified: a certificate that nobody vouches for is refused, one that is known is not', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'connectly-tls-'))
    const { key, cert } = selfSigned([{ ip: '127.0.0.1' }])
    writeFileSync(join(folder, 'key.pem'), key)
    writeFileSync(join(folder, 'cert.pem'), cert)
    const files = ['--tls-cert-file', join(folder, 'cert.pem'), '--tls-key-file', join(folder, 'key.pem')]
    const server = await startRedis(['--tls-auth-clients', 'no', ...files], { tls: { ca: cert } })
    const url = `rediss://127.0.0.1:${server.port}`
    const known = getCACertificates()
    try {
      assert.match(
        await refusal(openRedis(url)),
        /certificate of 127\.0\.0\.1:\d+ is not trusted .*NODE_EXTRA_CA_CERTS/,
      )

      // A refused handshake ends in several errors of one socket, and not in the same order each time.
      await Promise.all(Array.from({ length: 10 }, () => refusal(openRedis(url))))

      setDefaultCACertificates([...known, cert])
      const [alice, bob] = [await openRedis(url), await openRedis(url)]
      const heard = heardBy(bob, 'news')
      alice.say('news', 'in private')
      await until('the news', () => heard.length === 1)
      await Promise.all([alice.close(), bob.close()])
      assert.match(await refusal(openRedis(url.replace('127.0.0.1', 'localhost'))), /is not trusted/)
    } finally {
      setDefaultCACertificates(known)
      await server.cleanUp()
      rmSync(folder, { recursive: true })
    }
  })
})
