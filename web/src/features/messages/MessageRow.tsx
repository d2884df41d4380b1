import { day } from '../../kernel/i18n.ts'
import type { ListItem } from './layout.ts'
import { MessageBubble, type MessageBubbleProps } from './MessageBubble.tsx'

export type MessageRowProps = Omit<MessageBubbleProps, 'item'> & { item: ListItem }

/** One line of a room, whatever it is. */
export function MessageRow({ item, ...rest }: MessageRowProps) {
  switch (item.kind) {
    case 'message':
      return <MessageBubble item={item} {...rest} />
    case 'date':
      return <DateSeparator at={item.at} />
    case 'system':
      return <SystemLine text={item.text} />
  }
}

function DateSeparator({ at }: { at: number }) {
  return (
    <div className="sep">
      <span>{day(at)}</span>
    </div>
  )
}

function SystemLine({ text }: { text: string }) {
  return (
    <p className="sys" dir="auto">
      {text}
    </p>
  )
}
