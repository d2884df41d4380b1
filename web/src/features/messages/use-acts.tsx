import { editMessage, MAX_MENTIONS, type MessageId, type RoomId, type TextBody } from '@connectly/protocol'
import { useCallback, useContext, useState } from 'react'
import { t } from '../../kernel/i18n.ts'
import { useClient } from '../../kernel/use-client.ts'
import { useToast } from '../../shell/Toaster.tsx'
import { errorText } from '../accounts/index.ts'
import type { Act } from './acts.ts'
import { askUntilAnswered } from './asking.ts'
import { copyText } from './copy.ts'
import type { MessageItem, Revised } from './layout.ts'
import { asBody, type Words } from './mentions.ts'
import { isText } from './plain-text.ts'
import { RoomStatus } from './status.ts'

/** What stands over the room: a message's menu, or a dialog about one or several. */
export type Over =
  | { kind: 'menu'; item: MessageItem; row: HTMLElement }
  | { kind: 'delete'; items: readonly MessageItem[] }
  | { kind: 'versions' | 'info'; item: MessageItem }

/** What the composer has open besides a new message. */
export type Editing = { item: MessageItem; words: Words }

export type ActsParts = {
  roomId: RoomId
  onReply: (messageId: MessageId) => void
  /** Takes what failed back into the composer. */
  onRevise: (words: Words, replyToId: MessageId | null) => void
  onPick: (item: MessageItem) => void
  onMarked: (item: MessageItem) => void
  /** Puts the cursor where one writes. */
  onWrite: () => void
}

/** Everything one does with messages, wherever it was asked for: menu, key, tool or strip. */
export function useActs({ roomId, onReply, onRevise, onPick, onMarked, onWrite }: ActsParts) {
  const { outbox, connection } = useClient()
  const say = useToast()
  const status = useContext(RoomStatus)
  const [over, setOver] = useState<Over | null>(null)
  const [editing, setEditing] = useState<Editing | null>(null)
  const [revised, setRevised] = useState<Revised>(new Map())

  const copy = useCallback(
    (items: readonly MessageItem[]) => {
      const text = copyText(items, (item) => (item.own ? t('room.you') : (item.author?.name ?? '')))
      navigator.clipboard.writeText(text).then(
        () => say({ text: t('room.copied', { count: items.length }) }),
        () => say({ kind: 'error', text: t('room.copyFailed') }),
      )
    },
    [say],
  )

  const run = useCallback(
    (act: Act, item: MessageItem) => {
      const { message } = item
      setOver(null)
      switch (act) {
        case 'retry':
          return void outbox.retry(item.id as Parameters<typeof outbox.retry>[0])
        case 'revise':
          if (isText(message.body))
            onRevise(
              { text: message.body.text, mentions: message.body.mentions ?? [] },
              message.replyTo?.messageId ?? null,
            )
          void outbox.drop(item.id as Parameters<typeof outbox.drop>[0])
          return onWrite()
        case 'reply':
          setEditing(null)
          onReply(message.messageId)
          return onWrite()
        case 'copy':
          return copy([item])
        case 'edit':
          if (isText(message.body))
            setEditing({ item, words: { text: message.body.text, mentions: message.body.mentions ?? [] } })
          return onWrite()
        case 'unread':
          status.onMarkUnread(message.seq)
          return onMarked(item)
        case 'select':
          return onPick(item)
        case 'info':
          return setOver({ kind: 'info', item })
        case 'delete':
          if (item.state === 'failed') return void outbox.drop(item.id as Parameters<typeof outbox.drop>[0])
          return setOver({ kind: 'delete', items: [item] })
      }
    },
    [outbox, copy, status, onReply, onRevise, onPick, onMarked, onWrite],
  )

  const saveEdit = useCallback(() => {
    const now = editing
    if (!now) return
    setEditing(null)
    const { messageId, body } = now.item.message
    if (isText(body) && isSame(body, now.words)) return
    const next: TextBody = { kind: 'text', ...asBody(now.words, MAX_MENTIONS) }
    const over = { body: next, rev: now.item.message.rev }
    setRevised((before) => new Map([...before, [messageId, over]]))
    askUntilAnswered(connection, editMessage, { roomId, messageId, body: next }).catch((error: unknown) => {
      // The words are not lost: they are back in the strip, as they were.
      setEditing((since) => since ?? now)
      setRevised((before) => new Map([...before].filter(([, each]) => each !== over)))
      say({ kind: 'error', text: errorText(error) })
    })
  }, [editing, connection, roomId, say])

  return { over, setOver, editing, revised, setEditing, saveEdit, copy, run }
}

function isSame(body: { text: string; mentions?: Words['mentions'] | undefined }, words: Words): boolean {
  return body.text === words.text && JSON.stringify(body.mentions ?? []) === JSON.stringify(words.mentions)
}
