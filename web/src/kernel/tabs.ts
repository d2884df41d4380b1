import type { Alone, Bell } from './outbox.ts'

/** Tells this person's other tabs that the outbox has changed. */
export function bellOf(userId: string): Bell {
  if (typeof BroadcastChannel === 'undefined')
    return { ring: () => undefined, onRing: () => undefined, close: () => undefined }
  const channel = new BroadcastChannel(`connectly-outbox-${userId}`)
  let isOpen = true
  return {
    ring: () => {
      if (isOpen) channel.postMessage(1)
    },
    onRing: (listener) => channel.addEventListener('message', listener),
    close: () => {
      isOpen = false
      channel.close()
    },
  }
}

/** One tab at a time, by Web Locks. A page without TLS has none: there each tab sends its own lane, once each all the same. */
export function aloneFor(userId: string): Alone {
  const locks = typeof navigator === 'undefined' ? undefined : (navigator as { locks?: LockManager }).locks
  if (!locks) return (_name, work) => work()
  return (name, work) => locks.request(`connectly:${userId}:${name}`, work)
}
