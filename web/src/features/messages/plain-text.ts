import type { MessageBody, TextBody, UserId } from '@connectly/protocol'
import { bodyText } from '../../kernel/i18n.ts'
import { markdownText } from '../../ui/markdown-text.ts'
import { parseMarkdown } from '../../ui/markdown.ts'

/** What a message says as one would read it aloud: no markup, spoilers kept, people by the names of today where known. */
export function plainText(body: MessageBody, nameOf?: (userId: UserId) => string | undefined): string {
  if (!isText(body)) return bodyText(body)
  return markdownText(parseMarkdown(body.text, body.mentions), (who) =>
    who === 'all' ? undefined : nameOf?.(who as UserId),
  )
}

/** Whether a message is words that somebody wrote. */
export function isText(body: MessageBody): body is TextBody {
  return body.kind === 'text' && 'text' in body
}
