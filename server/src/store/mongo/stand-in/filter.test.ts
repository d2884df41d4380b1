import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { Query } from 'mingo'
import { BSON } from 'mongodb'
import { compileFilter } from './filter.ts'
import { compare, hashOf, type Doc } from './values.ts'

/* What fits a filter, and in which order values come, by MongoDB's documentation. */

const DOCS: readonly Doc[] = [
  { _id: 'int', v: 2 },
  { _id: 'long', v: BSON.Long.fromNumber(2) },
  { _id: 'half', v: 2.5 },
  { _id: 'text', v: 'b' },
  { _id: 'null', v: null },
  { _id: 'none' },
  { _id: 'true', v: true },
  { _id: 'list', v: [1, 3] },
  { _id: 'doc', v: { a: 1, b: null } },
  { _id: 'docs', v: [{ a: 1 }, { a: 9 }] },
]

const fitting = (filter: Doc) => DOCS.filter(compileFilter(filter)).map(({ _id }) => _id)

suite('what fits a filter', () => {
  test('equality means the same number of any type, an element of a list, and null or nothing', () => {
    assert.deepEqual(fitting({ v: 2 }), ['int', 'long'])
    assert.deepEqual(fitting({ v: 3 }), ['list'])
    assert.deepEqual(fitting({ v: [1, 3] }), ['list'])
    assert.deepEqual(fitting({ v: null }), ['null', 'none'])
    assert.deepEqual(fitting({ v: { a: 1, b: null } }), ['doc'])
    assert.deepEqual(fitting({ v: { b: null, a: 1 } }), [])
    assert.deepEqual(fitting({ 'v.a': 1 }), ['doc', 'docs'])
    assert.deepEqual(fitting({ v: { $in: ['b', null, 3] } }), ['text', 'null', 'none', 'list'])
    assert.deepEqual(fitting({ v: { $in: [] } }), [])
  })

  test('what differs includes what is missing', () => {
    assert.deepEqual(fitting({ v: { $ne: 2 } }), DOCS.map(({ _id }) => _id).slice(2))
    assert.deepEqual(fitting({ v: { $nin: [2, null, 1] } }), ['half', 'text', 'true', 'doc', 'docs'])
    assert.deepEqual(fitting({ v: { $not: { $gt: 0 } } }), ['text', 'null', 'none', 'true', 'doc', 'docs'])
  })

  test('only values of one kind compare with one another', () => {
    assert.deepEqual(fitting({ v: { $gt: 1 } }), ['int', 'long', 'half', 'list'])
    assert.deepEqual(fitting({ v: { $gt: 2, $lt: 3 } }), ['half', 'list'])
    assert.deepEqual(fitting({ v: { $gte: 'a' } }), ['text'])
    assert.deepEqual(fitting({ v: { $lt: 'a' } }), [])
    assert.deepEqual(fitting({ v: { $gte: null } }), ['null', 'none'])
    assert.deepEqual(fitting({ v: { $gt: null } }), [])
    assert.deepEqual(fitting({ v: { $lte: true } }), ['true'])
  })

  test('presence and types are asked for by themselves', () => {
    assert.deepEqual(fitting({ v: { $exists: false } }), ['none'])
    assert.deepEqual(fitting({ 'v.b': { $exists: true } }), ['doc'])
    assert.deepEqual(fitting({ v: { $type: 'number' } }), ['int', 'long', 'half', 'list'])
    assert.deepEqual(fitting({ v: { $type: ['long', 10] } }), ['long', 'null'])
  })

  test('conditions hold together, or one of them, or none', () => {
    assert.deepEqual(fitting({ $and: [{ v: { $gt: 1 } }, { _id: { $gte: 'j' } }] }), ['long', 'list'])
    assert.deepEqual(fitting({ $or: [{ v: 2.5 }, { _id: 'doc' }], v: { $exists: true } }), ['half', 'doc'])
    assert.deepEqual(fitting({ $nor: [{ v: { $exists: true } }] }), ['none'])
    assert.deepEqual(fitting({ _id: { $regex: '^DO', $options: 'i' } }), ['doc', 'docs'])
    assert.throws(() => fitting({ $and: [] }))
  })

  test('an independent reader of filters comes to the same, for any of these documents and filters', () => {
    const value = fc.constantFrom<unknown>(0, 1, 2, 'a', 'b', '', true, false, null)
    const held = fc.oneof(value, fc.array(value, { maxLength: 2 }), fc.record({ x: value }, { noNullPrototype: true }))
    const doc = fc.record({ a: held, b: held }, { requiredKeys: [], noNullPrototype: true })
    const one = fc.oneof(
      fc.tuple(fc.constantFrom('$eq', '$ne'), value),
      fc.tuple(
        fc.constantFrom('$gt', '$gte', '$lt', '$lte'),
        value.filter((each) => each !== null),
      ),
      fc.tuple(fc.constantFrom('$in', '$nin'), fc.array(value, { maxLength: 3 })),
      fc.tuple(fc.constant('$exists'), fc.boolean()),
    )
    const path = fc.constantFrom('a', 'b')
    const leaf = fc.tuple(path, one).map(([name, [operator, argument]]): Doc => ({ [name]: { [operator]: argument } }))
    const leaves = fc.array(leaf, { minLength: 1, maxLength: 3 })
    const filter = fc.oneof(
      leaf,
      fc.tuple(fc.constantFrom('$and', '$or', '$nor'), leaves).map(([logic, parts]): Doc => ({ [logic]: parts })),
    )

    fc.assert(
      fc.property(filter, fc.array(doc, { minLength: 1, maxLength: 8 }), (wanted, docs) => {
        const query = new Query(wanted)
        assert.deepEqual(
          docs.map(compileFilter(wanted)),
          docs.map((each) => query.test(each)),
        )
      }),
      { numRuns: 2000 },
    )
  })
})

suite('the order of values', () => {
  test('kinds come in the order of BSON, and text in the order of code points', () => {
    const ordered = [
      null,
      Number.NaN,
      -1,
      BSON.Long.fromNumber(0),
      0.5,
      BSON.Long.fromString('9007199254740993'),
      '',
      'Z',
      'a',
      'e\u0301',
      '\u00e9',
      '\ufffd',
      '\u{1F600}',
      { a: 1 },
      { a: 1, b: 0 },
      { b: 0 },
      [1],
      new BSON.Binary(Buffer.from('x')),
      new BSON.ObjectId(),
      false,
      true,
      new Date(0),
      new BSON.Timestamp({ t: 1, i: 0 }),
    ]

    const shuffled = ordered.toSorted(() => Math.random() - 0.5).toSorted(compare)

    assert.deepEqual(shuffled, ordered)
  })

  test('two values have one hash exactly if they are equal', () => {
    const value = fc.oneof(
      fc.constantFrom<unknown>(
        0,
        -0,
        1,
        0.5,
        BSON.Long.ONE,
        BSON.Long.MAX_VALUE,
        'n1',
        '',
        '1',
        null,
        undefined,
        [],
        {},
      ),
      fc.array(fc.constantFrom(1, 'a', null), { maxLength: 2 }),
      fc.dictionary(fc.constantFrom('a', 'b'), fc.constantFrom(1, 'a', null)),
    )

    fc.assert(
      fc.property(value, value, (a, b) => assert.equal(hashOf(a) === hashOf(b), compare(a, b) === 0)),
      { numRuns: 3000 },
    )
  })
})
