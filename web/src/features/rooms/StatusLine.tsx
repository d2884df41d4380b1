import type { ReactNode } from 'react'
import { t } from '../../kernel/i18n.ts'
import { Spinner } from '../../ui/Spinner.tsx'
import { Dots } from './Dots.tsx'
import { lastSeenText, type Status } from './status.ts'

/**
 * The line under a room's name. Each state moves in its own way: typing hops, online breathes, last seen settles. Where
 * nothing may move, the words say it alone.
 */
export function StatusLine({ status }: { status: Status }) {
  switch (status.state) {
    case 'connecting':
      return (
        <Line key="connecting">
          <Spinner size={13} />
          <bdi className="cut">{t('room.connecting')}</bdi>
        </Line>
      )
    case 'typing':
      return (
        <Line key="typing" look="ty">
          <Dots />
          <bdi className="cut">{status.text}</bdi>
        </Line>
      )
    case 'online':
      return (
        <Line key="online" look="on">
          <i className="dot" aria-hidden="true" />
          <bdi className="cut">{status.text}</bdi>
        </Line>
      )
    case 'lastSeen':
      return (
        <Line key="seen" look="seen">
          <Clock />
          <bdi className="cut seen">{lastSeenText(status.at)}</bdi>
        </Line>
      )
    case 'members':
      return (
        <Line key="members">
          <bdi className="cut">{status.text}</bdi>
        </Line>
      )
    case 'none':
      return null
  }
}

function Line({ look, children }: { look?: 'ty' | 'on' | 'seen'; children: ReactNode }) {
  return <span className={look ? `head__st head__s--${look}` : 'head__st'}>{children}</span>
}

/** Its hands sweep to the time as it comes. */
function Clock() {
  return (
    <svg className="clock" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <circle cx="12" cy="12" r="9" />
      <path className="clock__m" d="M12 12V6.5" />
      <path className="clock__h" d="M12 12V8" />
    </svg>
  )
}
