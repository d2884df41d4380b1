import { BellRing, Volume2 } from 'lucide-react'
import { t } from '../kernel/i18n.ts'
import { setPref, usePref } from '../kernel/prefs.ts'
import { Card, Page } from '../shell/Page.tsx'
import { SwitchRow } from '../shell/rows.tsx'
import type { SettingsPageProps } from './SettingsPage.tsx'

/** What is said in the page when a chat that isn't open hears something. */
export function SettingsNotifications(place: SettingsPageProps) {
  const notify = usePref('notify')
  const sound = usePref('sound')
  return (
    <Page title={t('people.notifications')} sub={t('people.notificationsSub')} {...place}>
      <Card title={t('people.inPage')} note={t('people.mutedNote')}>
        <SwitchRow
          icon={BellRing}
          label={t('people.notify')}
          hint={t('people.notifyHint')}
          isOn={notify}
          onChange={(isOn) => setPref('notify', isOn)}
        />
        <SwitchRow
          icon={Volume2}
          label={t('people.sound')}
          hint={t('people.soundHint')}
          isOn={sound}
          onChange={(isOn) => setPref('sound', isOn)}
        />
      </Card>
    </Page>
  )
}
