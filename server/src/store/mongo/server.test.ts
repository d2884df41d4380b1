import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createGroup, pageMessages, sendMessage, type LocalId } from '@connectly/protocol'
import { MongoClient } from 'mongodb'
import { newId, startServer } from '../../test-kit.ts'
import { newMongo } from './stand-in/kit.ts'

test('with MONGODB_URI what was said is in the collection, and there after a restart', async (t) => {
  const { uri, drop } = await newMongo()
  t.after(drop)
  const first = await startServer({ config: { mongodbUri: uri } })
  const ada = await first.person('ada')
  const { roomId } = await ada.ask(createGroup, { localId: newId<LocalId>(), name: 'Notes', userIds: [] })
  const body = { kind: 'text' as const, text: 'kept by {"$gt": ""} and 日本語' }
  const said = await ada.ask(sendMessage, { roomId, localId: newId<LocalId>(), body })
  await first.stop()

  const client = await new MongoClient(uri).connect()
  const document = await client.db().collection('messages').findOne({ messageId: said.messageId })
  await client.close()
  const second = await startServer({ config: { mongodbUri: uri } })
  const { messages } = await second.again(ada.userId, ada.token).ask(pageMessages, { roomId })
  await second.stop()

  assert.deepEqual(JSON.parse(String(document?.['body'])), body)
  assert.deepEqual(messages.at(-1), said)
})
