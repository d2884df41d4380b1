import { useContext, type MouseEvent } from 'react'
import { classes } from '../../ui/classes.ts'
import { t } from '../../kernel/i18n.ts'
import type { MessageItem } from './layout.ts'
import { MessageBubble } from './MessageBubble.tsx'
import { plainText } from './plain-text.ts'
import { RoomLookups } from './room-view.ts'
import { isPickable, type Picking } from './selecting.ts'

/** A message while several are being chosen: all of it is one switch, and nothing in it does anything else. */
export function PickRow({ item, picking }: { item: MessageItem; picking: Picking }) {
  const { nameOf } = useContext(RoomLookups)
  const isOpen = isPickable(item)
  const name = item.own ? t('room.you') : (item.author?.name ?? '')
  const toggle = () => isOpen && picking.onToggle(item.id)
  const onClick = (event: MouseEvent) => {
    // The box is its own control.
    if (event.target instanceof HTMLInputElement) return
    event.preventDefault()
    event.stopPropagation()
    toggle()
  }
  return (
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-static-element-interactions -- the box in it is the control; the row only makes it larger
    <div className={classes('pick', !isOpen && 'pick--off')} onClickCapture={onClick}>
      <input
        type="checkbox"
        tabIndex={-1}
        aria-label={t('room.selectOne', { name, text: plainText(item.message.body, nameOf).slice(0, 80) })}
        checked={picking.ids.has(item.id)}
        aria-disabled={!isOpen || undefined}
        onChange={toggle}
      />
      <MessageBubble item={item} />
    </div>
  )
}
