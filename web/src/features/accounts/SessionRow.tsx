import type { SessionInfo } from '@connectly/protocol'
import { Laptop, Smartphone } from 'lucide-react'
import { listTime, t } from '../../kernel/i18n.ts'
import { InfoRow, Tile } from '../../shell/rows.tsx'
import { Button } from '../../ui/Button.tsx'

export type SessionRowProps = { session: SessionInfo; busy: boolean; onSignOut?: () => void }

const places = {
  machine: 'security.fromMachine',
  network: 'security.fromNetwork',
  internet: 'security.fromElsewhere',
} as const

/** Where I am signed in: what it is, when it was last used, and the way to end it from here. */
export function SessionRow({ session, busy, onSignOut }: SessionRowProps) {
  const { device, from, createdAt, lastUsedAt, isThis } = session
  const name = device || t('people.unknownDevice')
  return (
    <InfoRow
      lead={<Tile icon={/iphone|ipad|android|phone/i.test(device) ? Smartphone : Laptop} />}
      title={
        <>
          <bdi>{name}</bdi>
          {isThis && <span className="tag">{t('people.thisDevice')}</span>}
        </>
      }
      text={`${t(places[from])}. ${
        isThis
          ? t('people.activeNow', { day: listTime(createdAt) })
          : t('people.lastUsed', { when: listTime(lastUsedAt) })
      }`}
      end={
        onSignOut && (
          <Button
            size="small"
            className="btn--o"
            busy={busy}
            aria-label={t('people.signOutDevice', { device: name })}
            onClick={onSignOut}
          >
            {t('people.signOut')}
          </Button>
        )
      }
    />
  )
}
