import type { UserId } from '@connectly/protocol'
import { createConnection } from './connection.ts'
import { createOutbox } from './outbox.ts'
import { createReplica, type Listing } from './replica.ts'
import { createSignals } from './signals.ts'
import type { Slice } from './slice.ts'
import { openStorage, wipeStorage } from './storage.ts'
import { aloneFor, bellOf } from './tabs.ts'

export type Client = Awaited<ReturnType<typeof openClient>>

/** One signed-in person on this device: the line, what is known, what is on its way. Shows what was kept before it connects. */
export async function openClient(me: UserId, slices: readonly Slice[], listing: Listing) {
  const storage = await openStorage(me)
  const signals = createSignals()
  const connection = createConnection({
    url: location.origin,
    onFrame: (frame) => replica.hear(frame),
    onSignal: (name, data) => {
      replica.hearSignal(name, data)
      signals.hear(name, data)
    },
    onOpen: async () => {
      await replica.open()
      queueMicrotask(outbox.flushAll)
    },
  })
  const replica = createReplica({ me, slices, listing, storage, ask: connection.ask })
  const outbox = createOutbox({
    storage,
    ask: connection.ask,
    isOpen: () => connection.line.get().state === 'open',
    alone: aloneFor(me),
    bell: bellOf(me),
  })
  connection.line.watch(() => {
    const { state } = connection.line.get()
    if (state === 'connecting') replica.beginOpening()
    if (state === 'open') outbox.flushAll()
  })
  const keepNow = () => void replica.keep()
  addEventListener('pagehide', keepNow)
  await Promise.all([replica.load(), outbox.load()])
  connection.start()

  const stop = (): void => {
    removeEventListener('pagehide', keepNow)
    connection.stop()
    outbox.stop()
    replica.stop()
    storage.close()
  }
  return {
    me,
    connection,
    replica,
    outbox,
    signals,
    stop,
    /** Stops, and leaves nothing of this person on the device. */
    wipe: async () => {
      stop()
      await wipeStorage(me)
    },
  }
}
