import { getMessages, MAX_NAMED, type Message, type MessageId, type RoomId } from '@connectly/protocol'
import { useCallback, useEffect, useMemo, useState } from 'react'
import { slice, useClient, useLine, useWatched } from '../../kernel/use-client.ts'
import type { MessagesState } from './messages.ts'

const none: MessagesState['quoted'] = {}

/**
 * What messages answer: `null` where it is gone or not mine to see, `undefined` while it is being fetched. What was
 * fetched is held with the room, so that it changes and goes as it does for everyone.
 */
export function useQuoted(
  roomId: RoomId,
  messages: readonly Message[],
  also: MessageId | null,
): (messageId: MessageId) => Message | null | undefined {
  const { connection, replica } = useClient()
  const isOpen = useLine().state === 'open'
  const quoted = slice<MessagesState>(useWatched(replica.room(roomId)), 'messages')?.quoted ?? none
  const [gone, setGone] = useState<ReadonlySet<MessageId>>(new Set())
  const here = useMemo(() => new Map(messages.map((message) => [message.messageId, message])), [messages])
  const wanted = useMemo(
    () => new Set([...messages.flatMap(({ replyTo }) => replyTo?.messageId ?? []), ...(also ? [also] : [])]),
    [messages, also],
  )
  const missing = [...wanted].filter((id) => !here.has(id) && !quoted[id] && !gone.has(id)).slice(0, MAX_NAMED)
  const key = missing.join()
  useEffect(() => {
    if (!isOpen || key === '') return
    const messageIds = key.split(',') as MessageId[]
    connection
      .ask(getMessages, { roomId, messageIds })
      .then((found) => {
        const held = Object.fromEntries(found.messages.map((message) => [message.messageId, message]))
        replica.merge(roomId, 'messages', (state) => withQuoted(state as MessagesState, held))
        setGone((before) => new Set([...before, ...messageIds.filter((id) => !held[id])]))
      })
      .catch(() => undefined)
  }, [isOpen, key, connection, replica, roomId])
  return useCallback((id) => here.get(id) ?? quoted[id] ?? (gone.has(id) ? null : undefined), [here, quoted, gone])
}

function withQuoted(state: MessagesState, found: MessagesState['quoted']): MessagesState {
  return { ...state, quoted: { ...found, ...state.quoted } }
}
