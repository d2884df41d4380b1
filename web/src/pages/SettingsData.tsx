import '../theme/entry.css'
import { myData } from '@connectly/protocol'
import { FileText } from 'lucide-react'
import { type Myself } from '../features/accounts/index.ts'
import { t } from '../kernel/i18n.ts'
import { useMine } from '../kernel/use-client.ts'
import { Page } from '../shell/Page.tsx'
import { Icon } from '../ui/Icon.tsx'
import { CopiesCard } from './CopiesCard.tsx'
import { LeaveCard } from './LeaveCard.tsx'
import type { SettingsPageProps } from './SettingsPage.tsx'
import { useAnswer } from './use-answer.ts'
import { Waiting } from './Waiting.tsx'

const legal = [
  { path: '/privacy', label: 'security.legalPrivacy' },
  { path: '/terms', label: 'security.legalTerms' },
  { path: '/notices', label: 'security.legalNotices' },
] as const

/** What is kept of me: a copy of it, and the way to be gone. */
export function SettingsData(place: SettingsPageProps) {
  const me = useMine<Myself>('accounts')?.me
  const data = useAnswer(myData, {})
  return (
    <Page title={t('security.navData')} sub={t('security.dataSub')} {...place}>
      <Waiting asking={data}>
        {(mine, put) => (
          <>
            <CopiesCard copies={mine.copies} onData={put} />
            {me && <LeaveCard username={me.username} leaving={mine.leaving} onData={put} />}
          </>
        )}
      </Waiting>
      <nav className="legal" aria-label={t('security.legal')}>
        <Icon of={FileText} size={16} />
        {legal.map(({ path, label }) => (
          <a key={path} href={path}>
            {t(label)}
          </a>
        ))}
      </nav>
    </Page>
  )
}
