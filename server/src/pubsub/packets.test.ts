import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { createHearing } from './hearing.ts'
import { messageOf, pack, PACKET_OVERHEAD, unpack } from './packets.ts'

const sender = '01993c2e-0000-7000-8000-000000000000'
const anyText = fc.string({ unit: 'binary', maxLength: 60 }).filter((text) => !text.includes('\0'))
const anyTopic = fc.stringMatching(/^[A-Za-z0-9.:-]{1,64}$/)

suite('packets', () => {
  test('what is packed is unpacked as it was, in order, and no packet is longer than it may be', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anyTopic, anyText)), fc.integer({ min: 300, max: 2000 }), (said, most) => {
        const waiting = said.map(([topic, text]) => messageOf(topic, text, 1000))
        const heard: [string, string][] = []
        for (let start = 0, number = 1; start < waiting.length; number++) {
          const packet = pack(waiting, start, most, sender, number)
          assert.ok(Buffer.byteLength(packet.text) <= most)
          const read = unpack(packet.text)
          assert.deepEqual([read?.from, read?.number], [sender, number])
          for (const { topic, text } of read?.messages ?? []) heard.push([topic, text])
          start += packet.count
        }
        assert.deepEqual(heard, said)
      }),
    )
  })

  test('one message with the longest topic and the greatest number needs no more beside its text than is said', () => {
    const packet = pack([messageOf('t'.repeat(64), '', 10)], 0, 10, sender, 10 ** 15 - 1)
    assert.ok(packet.text.length + '1048576'.length <= PACKET_OVERHEAD)
  })

  test('what somebody else says on our channel is passed over', () => {
    const heard: string[] = []
    const hearing = createHearing(
      'me',
      () => assert.fail('nothing was missed'),
      (line) => assert.fail(line),
    )
    hearing.hear('a', (text) => heard.push(text))
    const odd = [
      '',
      '\n',
      '1',
      '2 them 1\na 1\nx',
      '1 them x\na 1\nx',
      '1 them 1\na 9\nx',
      '1 them 1\na -1\nx',
      '1 me 1\na 1\nx',
    ]

    for (const text of odd) hearing.heard(text)
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => hearing.heard(`1 ${text}`)))

    assert.deepEqual(heard, [])
  })

  test('a packet that comes late or twice is dropped, and one that is missing is noticed', () => {
    const heard: string[] = []
    let missed = 0
    const hearing = createHearing(
      'me',
      () => missed++,
      (line) => assert.fail(line),
    )
    hearing.hear('a', (text, from) => heard.push(`${from} ${text}`))

    for (const number of [7, 8, 8, 6, 10, 9, 11]) hearing.heard(`1 them ${number}\na 2\n${String(number).padStart(2)}`)
    hearing.heard('1 another 3\na 2\n 3')

    assert.deepEqual(heard, ['them  7', 'them  8', 'them 10', 'them 11', 'another  3'])
    assert.equal(missed, 1)
  })
})
