import { bodyText, time } from '../../kernel/i18n.ts'
import type { MessageItem } from './layout.ts'

/** What copying takes: one message to the letter; of several, each with its time and author. */
export function copyText(items: readonly MessageItem[], nameOf: (item: MessageItem) => string): string {
  const [only] = items
  if (only && items.length === 1) return bodyText(only.message.body)
  return items.map((item) => `[${time(item.message.at)}] ${nameOf(item)}: ${bodyText(item.message.body)}`).join('\n')
}
