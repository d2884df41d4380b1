import { useState } from 'react'
import { KeyRound } from 'lucide-react'
import { month, t } from '../kernel/i18n.ts'
import { InfoRow, Tile } from '../shell/rows.tsx'
import { useToast } from '../shell/Toaster.tsx'
import { Button } from '../ui/Button.tsx'
import { PasswordDialog } from './PasswordDialog.tsx'
import type { Account } from './SettingsSecurity.tsx'

const DAY = 24 * 60 * 60 * 1000
/** After how many days a month says more than their number. */
const LONG_AGO = 60

/** My password: since when it is so, and the way to another. */
export function PasswordRow({ account, onChanged }: { account: Account; onChanged: () => void }) {
  const say = useToast()
  const [isOpen, setOpen] = useState(false)
  const [openedAt] = useState(() => Date.now())
  const { hasPassword, passwordChangedAt } = account
  return (
    <>
      <InfoRow
        lead={<Tile icon={KeyRound} />}
        title={t('security.password')}
        text={
          hasPassword
            ? sinceText(passwordChangedAt, Math.max(openedAt, passwordChangedAt ?? 0))
            : t('security.passwordNone')
        }
        end={
          <Button look="tonal" size="small" aria-haspopup="dialog" onClick={() => setOpen(true)}>
            {t(hasPassword ? 'security.passwordChange' : 'security.passwordSet')}
            <span className="sr"> {t('security.password')}</span>
          </Button>
        }
      />
      {isOpen && (
        <PasswordDialog
          account={account}
          onClose={() => setOpen(false)}
          onDone={(ended) => {
            setOpen(false)
            say({
              text: ended > 0 ? t('security.passwordDoneOthers', { count: ended }) : t('security.passwordDone'),
            })
            onChanged()
          }}
        />
      )}
    </>
  )
}

function sinceText(changedAt: number | null, now: number): string {
  if (changedAt === null) return t('security.passwordFirst')
  const days = Math.floor((now - changedAt) / DAY)
  if (days > LONG_AGO) return t('security.passwordIn', { month: month(changedAt) })
  return days === 0 ? t('security.passwordToday') : t('security.passwordDays', { count: days })
}
