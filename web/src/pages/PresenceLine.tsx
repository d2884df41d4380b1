import type { Presence, UserId } from '@connectly/protocol'
import { useMemo } from 'react'
import { usePresence, useShows } from '../features/presence/index.ts'
import { lastSeenText } from '../features/rooms/index.ts'
import { t } from '../kernel/i18n.ts'

/** Whether somebody is here, heard of from now on. */
export function usePresenceOf(userId: UserId): Presence | undefined {
  useShows(
    useMemo(() => [userId], [userId]),
    null,
  )
  return usePresence().get(userId)
}

/** Online, or when they were last seen; nothing where they don't show it. */
export function PresenceLine({ presence }: { presence: Presence | undefined }) {
  if (presence?.state === 'online') {
    return (
      <span className="onl">
        <i className="dot" />
        {t('chats.onlineNow')}
      </span>
    )
  }
  if (presence?.state !== 'offline' || presence.lastSeenAt === null) return null
  return <span className="dim">{lastSeenText(presence.lastSeenAt)}</span>
}
