/** A process that listens to another: `node listener.ts <settings as JSON>`, asked by messages of its parent. */
import { openPubSub, type PubSubSettings } from '../../../server/src/pubsub/open.ts'
import { listenTo } from './listening.ts'

export type Question = 'begin' | 'heard'

const pubsub = await openPubSub(JSON.parse(process.argv[2] ?? '') as PubSubSettings)
const listener = listenTo(pubsub)
process.on('message', (question: Question) => {
  if (question === 'begin') listener.begin()
  process.send?.(listener.heard())
})
process.on('disconnect', () => process.exit(0))
process.send?.(listener.heard())
