import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { Misused } from './command.ts'
import { storeMeant, storeNamed } from './stores.ts'
import { newDir } from './tools-kit.ts'

test('a store is named by its address, and shown without whoever asks and with what', () => {
  const secret = 'hun/ter@2?x'
  const addresses: [string, string][] = [
    ['postgres://ada:hunter2@db.example.org:5432/chat?sslmode=disable', 'PostgreSQL at db.example.org:5432/chat'],
    ['postgresql://db/chat', 'PostgreSQL at db/chat'],
    [`postgres://ada:${secret}@db/chat`, 'PostgreSQL at db/chat'],
    [`mongodb://ada:${secret}@one:27017,two:27017/chat?replicaSet=rs0`, 'MongoDB at one:27017,two:27017/chat'],
    [
      'mongodb+srv://ada:hunter2@cluster.example.org/?tlsCertificateKeyFilePassword=hunter2',
      'MongoDB at cluster.example.org/',
    ],
  ]

  for (const [address, name] of addresses) {
    const named = storeNamed(address, {})
    assert.equal(named.name, name)
    assert.equal('address' in named && named.address, address)
  }
})

test('a store is named by a variable that holds it, by its folder, and by its file', () => {
  const [dir, env] = [newDir(), { DATABASE_URL: ' postgres://ada:hunter2@db/chat ', OLD: 'mongodb://old/chat' }]
  mkdirSync(join(dir, 'folder.db'))
  writeFileSync(join(dir, 'copy'), '')
  const fileOf = (said: string) => {
    const named = storeNamed(said, { INIT_CWD: dir })
    return named.engine === 'SQLite' ? named.file : assert.fail(named.engine)
  }

  assert.equal(storeNamed('DATABASE_URL', env).name, 'PostgreSQL at db/chat')
  assert.equal(storeNamed('OLD', env).name, 'MongoDB at old/chat')
  assert.equal(storeNamed('DATA', { DATA: dir }).name, join(dir, 'connectly.db'))
  assert.equal(fileOf('data'), join(dir, 'data/connectly.db'))
  assert.equal(fileOf('copy'), join(dir, 'copy'))
  assert.equal(fileOf('new.db'), join(dir, 'new.db'))
  assert.equal(fileOf('folder.db'), join(dir, 'folder.db/connectly.db'))
  assert.equal(fileOf('SHOUTED'), join(dir, 'SHOUTED/connectly.db'))
})

test('what names no store is refused without a word of it', () => {
  const wrong: [string, Record<string, string>, RegExp][] = [
    ['mysql://ada:hunter2@db/chat', {}, /^A store is a data folder/],
    ['postgres:/ada:hunter2@db/chat', {}, /^A store is a data folder/],
    ['DATABASE_URL', {}, /^DATABASE_URL is not set\.$/],
    ['MONGODB_URI', { MONGODB_URI: 'hunter2' }, /^MONGODB_URI does not hold the address of a MongoDB database\.$/],
    [
      'DATABASE_URL',
      { DATABASE_URL: 'mongodb://hunter2@db/' },
      /^DATABASE_URL does not hold .* PostgreSQL database\.$/,
    ],
  ]

  for (const [said, env, why] of wrong)
    assert.throws(
      () => storeNamed(said, env),
      (error) => error instanceof Misused && why.test(error.message) && !error.message.includes('hunter2'),
    )
})

test('the store that is meant is the one that a server would open, unless a data folder is named', () => {
  const [one, other] = [{ DATABASE_URL: 'postgres://db/chat' }, { MONGODB_URI: 'mongodb://db/chat' }]

  assert.equal(storeMeant({}, one).engine, 'PostgreSQL')
  assert.equal(storeMeant({}, other).engine, 'MongoDB')
  assert.equal(storeMeant({}, { ...one, MONGODB_URI: ' ' }).engine, 'PostgreSQL')
  assert.equal(storeMeant({ data: '/srv/chat' }, { ...one, ...other }).name, '/srv/chat/connectly.db')
  assert.equal(storeMeant({}, { DATA_DIR: '/srv/chat.db' }).name, '/srv/chat.db/connectly.db')
  assert.throws(() => storeMeant({}, { ...one, ...other }), /^Error: DATABASE_URL and MONGODB_URI are both set/)
})
