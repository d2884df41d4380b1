import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readOptions } from './options.ts'

const keysOf = (...args: string[]) => readOptions(args).items.map(({ key }) => key)

test('by itself, Connectly is measured beside other servers, and nothing of the engines', () => {
  const { targets, items, json } = readOptions([])

  assert.deepEqual(targets, ['C', 'E', 'N', 'S'])
  assert.ok(items.some(({ key }) => key === 'fan-1x200'))
  assert.ok(!items.some(({ key }) => key.startsWith('stores') || key === 'pubsub'))
  assert.match(json, /results\/latest\.json$/)
})

test('on engines, it is measured against itself, in what they differ in, into a file of its own', () => {
  const { targets, items, json } = readOptions(['--engines'])

  assert.ok(targets.includes('C') && targets.includes('C-pg2') && !targets.includes('E'))
  assert.ok(items.some(({ key }) => key === 'stores-hot') && items.some(({ key }) => key === 'fan-1x200'))
  assert.ok(!items.some(({ key }) => key === 'start'))
  assert.match(json, /results\/engines\.json$/)
})

test('MongoDB is measured on engines only where a real one is named', (t) => {
  const before = process.env['TEST_MONGODB_URI']
  t.after(() => {
    if (before === undefined) delete process.env['TEST_MONGODB_URI']
    else process.env['TEST_MONGODB_URI'] = before
  })

  delete process.env['TEST_MONGODB_URI']
  assert.ok(!readOptions(['--engines']).targets.includes('C-mongo'))
  process.env['TEST_MONGODB_URI'] = 'mongodb://127.0.0.1/'
  assert.ok(readOptions(['--engines']).targets.includes('C-mongo'))
})

test('the first word of items names all of them, and an unknown name is said', () => {
  assert.deepEqual(keysOf('--engines', '--items', 'stores'), [
    'stores-direct',
    'stores-hot',
    'stores-batches',
    'stores-lone',
  ])
  assert.deepEqual(keysOf('--items', 'fan-1x200,direct'), ['fan-1x200', 'direct'])
  assert.throws(() => readOptions(['--items', 'store']), /unknown: store/)
  assert.throws(() => readOptions(['--targets', 'C-pg3']), /unknown: C-pg3/)
})
