import type { Message, Person, UserId } from '@connectly/protocol'
import { useState } from 'react'
import { t } from '../../kernel/i18n.ts'
import { useClient } from '../../kernel/use-client.ts'
import { plainText } from './plain-text.ts'

const SAID_AT_ONCE = 5

/** What a reader is told of news in this room: others' messages that came after it was opened, each once. */
export function useNews(
  messages: readonly Message[],
  people: ReadonlyMap<UserId, Person>,
): readonly { id: string; text: string }[] {
  const { me } = useClient()
  const [from] = useState(() => messages.at(-1)?.seq ?? 0)
  return messages
    .filter((message) => message.seq > from && message.authorId !== me)
    .slice(-SAID_AT_ONCE)
    .map((message) => {
      const text = plainText(message.body, (userId) => people.get(userId)?.name)
      const name = people.get(message.authorId)?.name
      return {
        id: message.messageId,
        text: name && message.body.kind !== 'system' ? t('room.saidBy', { name, text }) : text,
      }
    })
}
