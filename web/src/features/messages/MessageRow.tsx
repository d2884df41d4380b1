import type { ReactNode } from 'react'
import { day, t } from '../../kernel/i18n.ts'
import type { ListItem } from './layout.ts'
import { MessageBubble } from './MessageBubble.tsx'

export type MessageRowProps = { item: ListItem; isFlashing: boolean; tools?: ReactNode }

/** One line of a room, whatever it is. */
export function MessageRow({ item, isFlashing, tools }: MessageRowProps) {
  switch (item.kind) {
    case 'message':
      return <MessageBubble item={item} isFlashing={isFlashing} tools={tools} />
    case 'date':
      return <DateSeparator at={item.at} />
    case 'system':
      return <SystemLine text={item.text} />
    case 'unread':
      return (
        <div className="unsep">
          <span>{t('room.unread', { count: item.count })}</span>
        </div>
      )
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
