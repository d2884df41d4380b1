import type { Presence, UserId } from '@connectly/protocol'
import { useMemo } from 'react'
import { usePresence, useShows } from '../features/presence/index.ts'
import { listTime, t } from '../kernel/i18n.ts'

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
        {t('people.online')}
      </span>
    )
  }
  if (presence?.state !== 'offline' || presence.lastSeenAt === null) return null
  return <span className="dim">{t('people.lastSeen', { when: listTime(presence.lastSeenAt) })}</span>
}
