import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import {
  acceptRequest,
  askToTalk,
  deleteMessage,
  editMessage,
  openSync,
  pageMessages,
  roomPlace,
  sendMessage,
  userPlace,
  versionsOf,
  type LocalId,
} from '@connectly/protocol'
import { openSqlite } from '../store/sqlite/sqlite.ts'
import { StoreUnusable } from '../store/store.ts'
import { newId } from '../test-kit.ts'
import { backup } from './backup.ts'
import { restore } from './restore.ts'
import { failureOf, hashOf, newDir, read, rowsIn, run, start, stop, talk } from './tools-kit.ts'
import { verify } from './verify.ts'

/** A backup of a server that had these many messages, and more after it; the server is stopped. */
async function saved(words: number) {
  const server = await start()
  const { ada, roomId, say } = await talk(server)
  await say(words)
  const copy = join(newDir(), 'copy.db')
  await run(backup, { data: server.dataDir, to: copy })
  const { opened } = await ada.connect()
  await say(3)
  const seq = (await ada.ask(pageMessages, { roomId })).messages.at(-1)?.seq ?? 0
  await stop(server)
  return {
    dataDir: server.dataDir,
    file: join(server.dataDir, 'connectly.db'),
    copy,
    ada,
    roomId,
    epoch: opened.epoch,
    seq,
  }
}

test('a backup restored into an empty folder starts with the same messages and the same checksums', async () => {
  const { copy, ada, roomId } = await saved(120)
  const dataDir = join(newDir(), 'new')

  const { said } = await run(restore, { data: dataDir, from: copy })
  const server = await start(dataDir)
  const page = await server.again(ada.userId, ada.token).ask(pageMessages, { roomId, limit: 200 })
  const before = await read(copy)
  const after = await read(join(dataDir, 'connectly.db'))
  const { code } = await run(verify, { data: dataDir })

  assert.match(said, /connectly\.db: 121 messages, restored from .*copy\.db/)
  assert.deepEqual(after, { ...before, violations: [] })
  assert.deepEqual(
    page.messages.map(({ checksum }) => checksum).toSorted(),
    before.messages.map(({ checksum }) => checksum).toSorted(),
  )
  assert.equal(code, 0)
  await stop(server)
})

test('[OP4] after a restore a client that knows more than the server starts from fresh heads, and goes on', async () => {
  const { dataDir, copy, ada, roomId, epoch, seq } = await saved(5)

  await run(restore, { data: dataDir, from: copy, force: '' })
  const server = await start(dataDir)
  const again = server.again(ada.userId, ada.token)
  const [mine, place] = [userPlace(ada.userId), roomPlace(roomId)]
  const { opened } = await again.connect({ [place]: seq, [mine]: 999 }, epoch)
  const sent = await again.ask(sendMessage, {
    roomId,
    localId: newId<LocalId>(),
    body: { kind: 'text', text: 'on we go' },
  })

  assert.notEqual(opened.epoch, epoch)
  for (const name of [mine, place]) {
    const fresh = opened.places.some((each) => each.kind === 'reset' && each.head.place === name)
    assert.ok(fresh, `${name} was not reset`)
  }
  assert.ok(sent.seq < seq)
  await stop(server)
})

test('what was there is set aside with its -wal, and only when told so', async () => {
  const { dataDir, file, copy } = await saved(5)
  writeFileSync(`${file}-wal`, '')
  const before = hashOf(file)

  const refused = await failureOf(restore, { data: dataDir, from: copy })
  const untouched = hashOf(file)
  const { said } = await run(restore, { data: dataDir, from: copy, force: '' })

  const aside = /is now (.*connectly\.db\.before-\d{8}-\d{6})\.\n/.exec(said)?.[1] ?? assert.fail(said)
  assert.match(refused, /is there already\. With --force it is set aside/)
  assert.equal(untouched, before)
  assert.equal(hashOf(aside), before)
  assert.ok(existsSync(`${aside}-wal`))
  assert.equal((await read(aside)).messages.length, 9)
  assert.equal((await read(file)).messages.length, 6)
})

test('nothing is restored into the folder of a running server', async () => {
  const { copy } = await saved(1)
  const server = await start()
  const before = readdirSync(server.dataDir)

  const refused = await failureOf(restore, { data: server.dataDir, from: copy, force: '' })

  assert.match(refused, /^Another Connectly already uses .*connectly\.db\. Stop it first/)
  assert.deepEqual(readdirSync(server.dataDir), before)
  assert.equal((await fetch(`${server.url}/ready`)).status, 200)
})

test('a copy that cannot be used is refused in one line, and what was there stays', async () => {
  const { dataDir, file, copy } = await saved(400)
  const before = hashOf(file)
  const dir = newDir()
  const put = (name: string, bytes: string) => (writeFileSync(join(dir, name), bytes), join(dir, name))
  const cut = join(dir, 'cut.db')
  renameSync(copy, cut)
  truncateSync(cut, 40_960)
  const copies: [from: string, says: RegExp][] = [
    [cut, /cut\.db cannot be used: .*(damaged|malformed)/],
    [put('empty.db', ''), /it is empty/],
    [put('diary.db', 'Dear diary,\n'.repeat(500)), /diary\.db.*not a database/],
    [join(dir, 'none.db'), /There is no file/],
    [dir, /it is not a file/],
  ]

  for (const [from, says] of copies) {
    assert.match(await failureOf(restore, { data: dataDir, from, force: '' }), says)
    assert.equal(hashOf(file), before)
  }
  assert.match(await failureOf(restore, { data: dataDir }), /needs --from/)
  assert.deepEqual(
    readdirSync(dataDir).filter((name) => /before|restoring/.test(name)),
    [],
  )
})

test('a restore that is cut off leaves a folder that a start refuses, until it is run again', async () => {
  const { copy } = await saved(5)
  const states: ((file: string) => void)[] = [
    (file) => writeFileSync(`${file}-wal`, 'of the one set aside'),
    (file) => writeFileSync(`${file}.restoring`, 'half a copy'),
  ]

  for (const cutOff of states) {
    const dataDir = newDir()
    mkdirSync(dataDir, { recursive: true })
    const file = join(dataDir, 'connectly.db')
    cutOff(file)

    assert.throws(() => openSqlite(file), StoreUnusable)
    await run(restore, { data: dataDir, from: copy })

    assert.equal((await read(file)).messages.length, 6)
    assert.equal(existsSync(`${file}.restoring`), false)
    rmSync(file)
  }
})

test('what was deleted for everyone after the backup stays deleted, with all its versions', async () => {
  const server = await start()
  const { ada, roomId } = await talk(server)
  const eve = await server.person('eve')
  const say = (words: string) =>
    ada.ask(sendMessage, { roomId, localId: newId<LocalId>(), body: { kind: 'text', text: words } })
  const [{ messageId }, kept] = [await say('first slip'), await say('to stay')]
  const { rev } = await ada.ask(editMessage, { roomId, messageId, body: { kind: 'text', text: 'second slip' } })
  const asked = await eve.ask(askToTalk, { toId: ada.userId, text: 'third slip', localId: newId<LocalId>() })
  const copy = join(newDir(), 'copy.db')
  await run(backup, { data: server.dataDir, to: copy })
  const before = await ada.ask(deleteMessage, { roomId, messageId })
  const { roomId: theirs } = await ada.ask(acceptRequest, { requestId: asked.requestId })
  const carried =
    (await eve.ask(pageMessages, { roomId: theirs })).messages[0] ?? assert.fail('nothing was carried over')
  await eve.ask(deleteMessage, { roomId: theirs, messageId: carried.messageId })
  await stop(server)

  const { said } = await run(restore, { data: server.dataDir, from: copy, force: '' })
  const words = await rowsIn(join(server.dataDir, 'connectly.db'))
  const { code } = await run(verify, { data: server.dataDir })
  const again = await start(server.dataDir)
  const reader = again.again(ada.userId, ada.token)
  const { messages } = await reader.ask(pageMessages, { roomId })
  const { places } = await reader.ask(openSync, { epoch: null, cursors: {}, lines: {} })

  assert.match(said, /2 messages deleted for everyone since the backup: deleted again/)
  assert.deepEqual(
    messages.filter((message) => message.messageId === messageId),
    [{ ...before, rev }],
  )
  assert.deepEqual(await reader.ask(versionsOf, { roomId, messageId }), [])
  assert.ok(messages.some((message) => message.checksum === kept.checksum))
  assert.ok(words.includes('to stay') && !words.includes('slip'))
  assert.ok(!JSON.stringify(places).includes(asked.requestId))
  assert.equal(code, 0)
  await stop(again)

  await run(restore, { data: server.dataDir, from: copy, force: '' })
  assert.ok(!(await rowsIn(join(server.dataDir, 'connectly.db'))).includes('slip'), 'a second restore brought it back')
})

test('a database that can no longer be read does not stand in the way of a backup', async () => {
  const { dataDir, file, copy } = await saved(400)
  truncateSync(file, 40_960)

  await run(restore, { data: dataDir, from: copy, force: '' })

  const { violations, messages } = await read(file)
  assert.deepEqual(violations, [])
  assert.equal(messages.length, 401)
  assert.deepEqual(
    readdirSync(dataDir).filter((name) => /restoring/.test(name)),
    [],
  )
})
