import { t } from '../kernel/i18n.ts'
import { Settings } from './SettingsPage.tsx'

/** The phone's last tab: settings, under the name one looks for oneself. */
export function YouPage() {
  return <Settings title={t('app.you')} section={undefined} />
}
