import type { OwnEmail } from '@connectly/protocol'
import { useState } from 'react'
import { Mail } from 'lucide-react'
import { moment, t } from '../kernel/i18n.ts'
import { InfoRow, Tile } from '../shell/rows.tsx'
import { useToast } from '../shell/Toaster.tsx'
import { Button } from '../ui/Button.tsx'
import { EmailCodeDialog } from './EmailCodeDialog.tsx'
import { EmailDialog } from './EmailDialog.tsx'

export type EmailRowProps = { mine: OwnEmail; onMine: (mine: OwnEmail) => void }

/** My mail address, and one that waits for its digits. */
export function EmailRow({ mine, onMine }: EmailRowProps) {
  const say = useToast()
  const [open, setOpen] = useState<'address' | 'code' | null>(null)
  const { email, waiting } = mine
  const close = () => setOpen(null)
  return (
    <>
      <InfoRow
        lead={<Tile icon={Mail} />}
        title={
          email === null ? (
            t('security.email')
          ) : (
            <>
              <bdi className="break">{email}</bdi>
              <span className="tag tag--mint">{t('security.emailConfirmed')}</span>
            </>
          )
        }
        text={t(email === null ? 'security.emailNone' : 'security.emailWhy')}
        end={
          <Button look="tonal" size="small" aria-haspopup="dialog" onClick={() => setOpen('address')}>
            {t(email === null && !waiting ? 'security.emailAdd' : 'security.emailEdit')}
            <span className="sr"> {t('security.email')}</span>
          </Button>
        }
      />
      {waiting && (
        <InfoRow
          lead={<Tile icon={Mail} look="honey" />}
          title={
            <>
              <bdi className="break">{waiting.email}</bdi>
              <span className="tag tag--honey">{t('security.emailWaiting')}</span>
            </>
          }
          text={t('security.emailWaitingText', { until: moment(waiting.until) })}
          end={
            <Button look="primary" size="small" aria-haspopup="dialog" onClick={() => setOpen('code')}>
              {t('security.emailEnter')}
            </Button>
          }
        />
      )}
      {open === 'address' && (
        <EmailDialog
          mine={mine}
          onClose={close}
          onSent={(after) => {
            onMine(after)
            setOpen('code')
          }}
          onRemoved={(after) => {
            onMine(after)
            close()
            say({ text: t('security.emailRemoved') })
          }}
        />
      )}
      {open === 'code' && waiting && (
        <EmailCodeDialog
          email={waiting.email}
          onClose={close}
          onDone={(after) => {
            onMine(after)
            close()
            say({ text: t('security.emailDone', { email: after.email ?? '' }) })
          }}
        />
      )}
    </>
  )
}
