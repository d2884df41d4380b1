import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { placeOf, readAddress } from './address.ts'
import { StoreUnusable } from '../store.ts'

test('an address says host, port, user, password and database, percent-encoded where need be', () => {
  const address = readAddress('postgres://ada:p%40ss%2Fw%3Ard@db.example.org:6000/chat%20room?sslmode=disable')

  assert.deepEqual(address, {
    host: 'db.example.org',
    port: 6000,
    user: 'ada',
    password: 'p@ss/w:rd',
    database: 'chat room',
    ssl: false,
  })
})

test('what is left out has a default: the port, the password, the user of the system, the usual socket', () => {
  const { host, port, user, password, ssl } = readAddress('postgresql:///chat')

  assert.deepEqual(
    [host, port, user, password, ssl],
    ['/var/run/postgresql', 5432, userInfo().username, undefined, false],
  )
})

test('a socket is named by its folder, as an option or as an encoded host', () => {
  for (const url of [
    'postgres://ada@/chat?host=/run/pg',
    'postgres://ada@%2Frun%2Fpg/chat',
    'postgres://ada@localhost/chat?host=%2Frun%2Fpg',
  ]) {
    const address = readAddress(url)

    assert.deepEqual([address.host, address.user, address.ssl], ['/run/pg', 'ada', false])
    assert.equal(placeOf(address), 'the socket /run/pg/.s.PGSQL.5432')
  }
})

test('an address of IPv6 stands in brackets', () => {
  const address = readAddress('postgres://ada@[fd00::1]:5433/chat')

  assert.deepEqual([address.host, address.port, placeOf(address)], ['fd00::1', 5433, '[fd00::1]:5433'])
})

test('the server is verified unless it is on this machine or the address says otherwise', () => {
  const dir = mkdtempSync(join(tmpdir(), 'connectly-address-'))
  writeFileSync(join(dir, 'ca.pem'), 'a certificate')
  const ssl = (rest: string) => readAddress(`postgres://ada@${rest}`).ssl

  for (const host of ['localhost', '127.0.0.1', '[::1]']) assert.equal(ssl(`${host}/chat`), false)
  assert.deepEqual(ssl('db.example.org/chat'), {})
  assert.deepEqual(ssl('localhost/chat?sslmode=verify-full'), {})
  assert.deepEqual(ssl('db.example.org/chat?sslmode=no-verify'), { rejectUnauthorized: false })
  assert.deepEqual(ssl(`localhost/chat?sslrootcert=${dir}/ca.pem`), { ca: 'a certificate' })
  rmSync(dir, { recursive: true })
})

const mistakes: [url: string, says: RegExp][] = [
  ['http://ada:hush@db/chat', /begins with postgres:\/\//],
  ['postgres:/nonsense-hush', /begins with postgres:\/\//],
  ['postgres://ada:hush@db', /names no database/],
  ['postgres://ada:hush@db/', /names no database/],
  ['postgres://ada:hush@db/a/b', /names no database/],
  ['postgres://ada:hush@one,two/chat', /several hosts/],
  ['postgres://ada:hush@db:port/chat', /a port that is not a number/],
  ['postgres://ada:hush@db:70000/chat', /a port that is not a number/],
  ['postgres://ada:hush@d b/chat', /a host that cannot be one/],
  ['postgres://ada:hu/sh@db/chat', /must be percent-encoded/],
  ['postgres://ada:12/sh@db/chat', /must be percent-encoded/],
  ['postgres://ada:hu?sh=1@db/chat', /must be percent-encoded/],
  ['postgres://ada:hu#sh@db/chat', /must be percent-encoded/],
  ['postgres://ada:hush@db/chat#x', /must be percent-encoded/],
  ['postgres://ada:100%hush@db/chat', /%25/],
  ['postgres://ada:hush@db/chat?pool=3', /an option pool that is not known; host, sslmode, sslrootcert are/],
  ['postgres://ada:hush@db/chat?1hush=3', /an option of an odd name/],
  ['postgres://ada:hush@db/chat?sslmode=disable&sslmode=disable', /sslmode twice/],
  ['postgres://ada:hush@db/chat?sslmode=require', /an sslmode require; it is disable, verify-full/],
  ['postgres://ada:hush@db/chat?host=other', /not the folder of a socket/],
  ['postgres://ada:hush@/chat?sslmode=verify-full', /TLS over a socket/],
  ['postgres://ada:hush@db/chat?sslmode=no-verify&sslrootcert=/x', /sslrootcert, which goes with sslmode=verify-full/],
  ['postgres://ada:hush@db/chat?sslrootcert=/not/there.pem', /\/not\/there\.pem .* cannot be read/],
]

for (const [url, says] of mistakes) {
  test(`a mistake has a sentence without the password: ${url.replaceAll('hush', '…')}`, () => {
    assert.throws(
      () => readAddress(url),
      (error: Error) => {
        assert.ok(error instanceof StoreUnusable)
        assert.match(error.message, /^DATABASE_URL .*\.$/)
        assert.match(error.message, says)
        assert.doesNotMatch(error.message, /hu|sh\b/)
        return true
      },
    )
  })
}
