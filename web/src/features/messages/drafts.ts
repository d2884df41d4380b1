import type { Mention, MessageId, RoomId, UserId } from '@connectly/protocol'

/** What stands in a room's composer and was not sent. */
export type Draft = { text: string; mentions: readonly Mention[]; replyToId: MessageId | null }

export const noDraft: Draft = { text: '', mentions: [], replyToId: null }

type Shelf = Pick<globalThis.Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>

const keyOf = (userId: UserId, roomId: RoomId | '') => `connectly.draft.${userId}.${roomId}`

/** A person's draft in a room, as this device kept it. */
export function draftOf(userId: UserId, roomId: RoomId, shelf: Shelf = localStorage): Draft {
  try {
    const kept: unknown = JSON.parse(shelf.getItem(keyOf(userId, roomId)) ?? 'null')
    return isDraft(kept) ? kept : noDraft
  } catch {
    return noDraft
  }
}

/** Keeps a draft; one with nothing in it goes. A full or closed shelf keeps nothing, and nobody is stopped from writing. */
export function keepDraft(userId: UserId, roomId: RoomId, draft: Draft, shelf: Shelf = localStorage): void {
  try {
    if (draft.text === '' && draft.replyToId === null) shelf.removeItem(keyOf(userId, roomId))
    else shelf.setItem(keyOf(userId, roomId), JSON.stringify(draft))
  } catch {
    // Kept on screen until the page goes.
  }
}

/** Forgets all that somebody was writing: at sign-out nothing of theirs stays. */
export function dropDrafts(userId: UserId, shelf: Shelf = localStorage): void {
  const keys = Array.from({ length: shelf.length }, (_, nth) => shelf.key(nth))
  for (const key of keys) if (key?.startsWith(keyOf(userId, ''))) shelf.removeItem(key)
}

function isDraft(kept: unknown): kept is Draft {
  if (typeof kept !== 'object' || kept === null) return false
  const { text, mentions, replyToId } = kept as Partial<Record<keyof Draft, unknown>>
  return (
    typeof text === 'string' &&
    (replyToId === null || typeof replyToId === 'string') &&
    Array.isArray(mentions) &&
    mentions.every((each: unknown) => isMention(each, text))
  )
}

function isMention(kept: unknown, text: string): kept is Mention {
  if (typeof kept !== 'object' || kept === null) return false
  const { who, start, length } = kept as Partial<Record<keyof Mention, unknown>>
  return (
    typeof who === 'string' && typeof start === 'number' && typeof length === 'number' && start + length <= text.length
  )
}
