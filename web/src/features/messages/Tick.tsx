import type { Message } from '@connectly/protocol'
import { useContext } from 'react'
import { t } from '../../kernel/i18n.ts'
import { Check, CircleAlert, Clock, Icon } from '../../ui/Icon.tsx'
import { ReadPill } from '../../ui/ReadPill.tsx'
import { VisuallyHidden } from '../../ui/VisuallyHidden.tsx'
import { CheckCheck } from './icons.ts'
import type { MessageItem } from './layout.ts'
import { RoomStatus } from './status.ts'

const ticks = {
  sending: { icon: Clock, label: 'room.sending' },
  sent: { icon: Check, label: 'room.sent' },
  delivered: { icon: CheckCheck, label: 'room.delivered' },
  read: { icon: null, label: 'room.read' },
  failed: { icon: CircleAlert, label: 'room.failed' },
} as const

/** How far a message of mine has come. One drawing takes the other's place, and no word moves. */
export function Tick({ state, message }: { state: MessageItem['state']; message: Message }) {
  const { statusOf } = useContext(RoomStatus)
  const { icon, label } = ticks[state === 'sent' ? statusOf(message) : state]
  return (
    <span className="tk">
      <span className="tk__i" key={label}>
        {icon ? <Icon of={icon} /> : <ReadPill />}
      </span>
      <VisuallyHidden>{t(label)}</VisuallyHidden>
    </span>
  )
}
