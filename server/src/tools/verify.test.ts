import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { roomPlace, type MessageId, type RoomId, type UserId } from '@connectly/protocol'
import { messageTable } from '../features/messages/index.ts'
import { roomTable, seatTable } from '../features/rooms/index.ts'
import { eventTable, placeTable } from '../store/log-tables.ts'
import { openSqlite } from '../store/sqlite/sqlite.ts'
import { patch, remove, type Write } from '../store/store.ts'
import { backup } from './backup.ts'
import { failureOf, newDir, read, run, start, stop, talk } from './tools-kit.ts'
import { verify } from './verify.ts'

/** A folder in which two people have said some words, and nobody runs a server. */
async function talked(words: number) {
  const server = await start()
  const { ada, roomId, say } = await talk(server)
  const ids = await say(words)
  await stop(server)
  const file = join(server.dataDir, 'connectly.db')
  return { dataDir: server.dataDir, file, roomId, userId: ada.userId, ids }
}

test('a whole database is said to be whole, and nothing is written, beside a server and without one', async () => {
  const server = await start()
  const { say } = await talk(server)
  await say(30)

  const beside = await run(verify, { data: server.dataDir })
  await say(1)
  await stop(server)
  const names = readdirSync(server.dataDir)
  const alone = await run(verify, { data: server.dataDir })

  assert.deepEqual([beside.code, alone.code], [0, 0])
  assert.match(beside.said, /: 31 messages in 1 room, \d+ events in 3 places: all holds\.$/)
  assert.match(alone.said, /: 32 messages in 1 room/)
  assert.deepEqual(readdirSync(server.dataDir), names)
})

test('a server that writes meanwhile changes nothing of what is checked', async () => {
  const server = await start()
  const { say } = await talk(server)
  await say(300)
  let isDone = false
  const checking = run(verify, { data: server.dataDir }).finally(() => (isDone = true))
  while (!isDone) await say(20)

  const { code, said } = await checking

  assert.equal(code, 0, said)
  await stop(server)
})

for (const [what, byte] of [
  ['another letter', 'W'],
  ['a quotation mark, which ends its text', '"'],
  ['a byte that is no character', '\xff'],
] as const) {
  test(`a byte of a message that became ${what} is named with the message’s id`, async () => {
    const { dataDir, file, ids } = await talked(20)
    const bytes = readFileSync(file)
    const old = Buffer.from('"word 7"')
    for (let at = bytes.indexOf(old); at >= 0; at = bytes.indexOf(old, at + 1)) bytes[at + 1] = byte.charCodeAt(0)
    writeFileSync(file, bytes)

    const { code, said } = await run(verify, { data: dataDir })

    assert.equal(code, 1)
    assert.match(said.split('\n')[0] ?? '', /^Message [0-9a-f-]{36} \(room [0-9a-f-]{36}, number \d+\) is not what/)
    assert.ok(said.includes(`Message ${ids[7]} `), said)
    assert.match(said, /: 21 messages in 1 room, .*: 1 violation\.$/)
  })
}

/** What is planted, and what verify says of it. */
const planted: [string, (at: { roomId: RoomId; userId: UserId; seq: number }) => Write[], RegExp[]][] = [
  [
    'events taken out of the middle of a log',
    ({ roomId, seq }) => [6, 7].map((back) => remove(eventTable, { place: roomPlace(roomId), seq: seq - back })),
    [/^Place room:\S+: events \d+ to \d+ are missing\.$/],
  ],
  [
    'the last event of a log',
    ({ roomId, seq }) => [remove(eventTable, { place: roomPlace(roomId), seq })],
    [/^Place room:\S+: event \d+ is missing\.$/],
  ],
  [
    'a message without which its event stands',
    ({ roomId, seq }) => [remove(messageTable, { roomId, seq })],
    [/^Place room:\S+: event \d+ says that a message was sent, and there is none\.$/],
  ],
  [
    'a message that bears the number of another event',
    ({ roomId, seq }) => [patch(eventTable, { place: roomPlace(roomId), seq }, { set: { name: 'rooms.edited' } })],
    [/^Message \S+ bears number \d+ of room:\S+, which is of another event\.$/],
  ],
  [
    'a place that is behind its log',
    ({ roomId, seq }) => [patch(placeTable, { place: roomPlace(roomId) }, { set: { seq: seq - 1 } })],
    [
      /is at number \d+, and its log goes on to \d+\.$/,
      /^Message \S+ bears number \d+ of \S+, which is only at \d+\.$/,
    ],
  ],
  [
    'an event before its time',
    ({ roomId, seq }) => [patch(eventTable, { place: roomPlace(roomId), seq }, { set: { at: 5 } })],
    [/event \d+ bears an earlier time than the one before\.$/],
  ],
  [
    'a seat too few in a direct room',
    ({ roomId, userId }) => [remove(seatTable, { roomId, userId })],
    [/^Room \S+ counts 2 members and has 1 seats\.$/, /^Direct room \S+ has 1 seats instead of two\.$/],
  ],
  [
    'a wrong count of members',
    ({ roomId }) => [patch(roomTable, { roomId }, { add: { members: 1 } })],
    [/^Room \S+ counts 3 members and has 2 seats\.$/],
  ],
  [
    'a message whose id was changed',
    ({ roomId, seq }) => [
      patch(messageTable, { roomId, seq }, { set: { messageId: crypto.randomUUID() as MessageId } }),
    ],
    [/^Message \S+ \(room \S+, number \d+\) is not what its checksum was made of\.$/],
  ],
]

for (const [what, plant, says] of planted) {
  test(`verify finds ${what}, and nothing else`, async () => {
    const { dataDir, file, roomId, userId } = await talked(10)
    const store = openSqlite(file)
    const place = await store.get(placeTable, { place: roomPlace(roomId) })
    const writes = plant({ roomId, userId, seq: place?.seq ?? 0 })
    await store.commit([{ places: [], given: [], make: () => ({ writes, events: [], result: null }) }], 1)
    await store.close()

    const { code, said } = await run(verify, { data: dataDir })

    const lines = said.split('\n').slice(0, -1)
    assert.equal(code, 1)
    assert.equal(lines.length, says.length, said)
    for (const [nth, pattern] of says.entries()) assert.match(lines[nth] ?? '', pattern)
  })
}

test('a log that was cut at its older end holds', async () => {
  const { dataDir, file, roomId } = await talked(10)
  const store = openSqlite(file)
  const writes = [1, 2, 3, 4, 5].map((seq) => remove(eventTable, { place: roomPlace(roomId), seq }))
  await store.commit([{ places: [], given: [], make: () => ({ writes, events: [], result: null }) }], 1)
  await store.close()

  const { code, said } = await run(verify, { data: dataDir })

  assert.equal(code, 0, said)
})

test('damaged pages are said to be damaged, as far as the file can be read', async () => {
  const { dataDir, file } = await talked(800)
  const bytes = readFileSync(file)
  bytes.fill(0xa5, bytes.length - 3 * 4096)
  writeFileSync(file, bytes)

  const { code, said } = await run(verify, { data: dataDir })

  assert.equal(code, 1)
  assert.match(said, /The file is damaged: /)
})

test('a backup is verified as a file, and what is none is refused with one line', async () => {
  const { dataDir } = await talked(3)
  const copy = join(newDir(), 'copy.db')
  await run(backup, { data: dataDir, to: copy })
  const diary = join(newDir(), 'diary.db')
  writeFileSync(diary, 'Dear diary,\n'.repeat(500))

  assert.match((await run(verify, { file: copy })).said, /4 messages .* all holds\.$/)
  assert.deepEqual((await read(copy)).violations, [])
  assert.match(await failureOf(verify, { file: diary }), /not a database/)
  assert.match(await failureOf(verify, { file: `${diary}.gone` }), /There is no file/)
  assert.match(await failureOf(verify, { file: copy, data: dataDir }), /two different/)
})
