import type { Passkey } from '@connectly/protocol'
import { Fingerprint, KeyRound } from 'lucide-react'
import { day, listTime, t } from '../../kernel/i18n.ts'
import { InfoRow, Tile } from '../../shell/rows.tsx'
import { Button } from '../../ui/Button.tsx'

export type PasskeyRowsProps = {
  passkeys: readonly Passkey[]
  /** The one that is being removed. */
  removing: string | null
  onRename: (passkey: Passkey) => void
  onRemove: (passkey: Passkey) => void
}

/** My passkeys, with what can be done to each. */
export function PasskeyRows({ passkeys, removing, onRename, onRemove }: PasskeyRowsProps) {
  return (
    <ul>
      {passkeys.map((passkey) => {
        const { passkeyId, name, createdAt, lastUsedAt, isSynced } = passkey
        return (
          <InfoRow
            key={passkeyId}
            lead={<Tile icon={isSynced ? Fingerprint : KeyRound} />}
            title={
              <>
                <bdi>{name}</bdi>
                {isSynced && <span className="tag tag--mute">{t('security.passkeySynced')}</span>}
              </>
            }
            text={
              lastUsedAt === null
                ? t('security.passkeyUnused', { day: day(createdAt) })
                : t('security.passkeyUsed', { day: day(createdAt), when: listTime(lastUsedAt) })
            }
            end={
              <span className="acts li__acts">
                <Button
                  look="ghost"
                  size="small"
                  aria-label={t('security.passkeyRenameNamed', { name })}
                  onClick={() => onRename(passkey)}
                >
                  {t('security.passkeyRename')}
                </Button>
                <Button
                  look="outline"
                  size="small"
                  busy={removing === passkeyId}
                  aria-label={t('security.passkeyRemoveNamed', { name })}
                  onClick={() => onRemove(passkey)}
                >
                  {t('security.remove')}
                </Button>
              </span>
            }
          />
        )
      })}
    </ul>
  )
}
