import '../kernel/auth-texts.ts'
import '../kernel/late-texts.ts'
import '../kernel/security-texts.ts'
import '../theme/settings.css'
import '../theme/settings-controls.css'
import '../theme/settings-looks.css'
import '../theme/settings-security.css'
import { ownAccount } from '@connectly/protocol'
import { Suspense } from 'react'
import { StepUps } from '../features/factors/index.tsx'
import { useParams } from '../kernel/router.ts'
import { t } from '../kernel/i18n.ts'
import { usePageTitle } from '../kernel/use-page-title.ts'
import { NotFoundScreen } from '../shell/NotFoundScreen.tsx'
import { Pane } from '../shell/Pane.tsx'
import { SettingsNav, settingsPages, settingsTitles, type SettingsSection } from '../shell/SettingsNav.tsx'
import { Framed, useMe } from './frame.tsx'
import { paths, settingsPath } from './paths.ts'
import { SettingsAppearance } from './SettingsAppearance.tsx'
import { SettingsNotifications } from './SettingsNotifications.tsx'
import { SettingsPrivacy } from './SettingsPrivacy.tsx'
import { SettingsProfile } from './SettingsProfile.tsx'
import { useSignOut } from './sign-out.tsx'
import { useAnswer } from './use-answer.ts'
import { late } from '../kernel/late.ts'

const SettingsSecurity = late(async () => (await import('./SettingsSecurity.tsx')).SettingsSecurity)
const SettingsDevices = late(async () => (await import('./SettingsDevices.tsx')).SettingsDevices)
const SettingsData = late(async () => (await import('./SettingsData.tsx')).SettingsData)
const SettingsServer = late(async () => (await import('./SettingsServer.tsx')).SettingsServer)

const pages = {
  profile: SettingsProfile,
  appearance: SettingsAppearance,
  notifications: SettingsNotifications,
  privacy: SettingsPrivacy,
  security: SettingsSecurity,
  devices: SettingsDevices,
  data: SettingsData,
  server: SettingsServer,
} as const

/** What a settings page needs to know of where it stands. */
export type SettingsPageProps = { level: 1 | 2; backPath: string; backLabel: string }

/** Settings: the list of pages, and beside it, or instead of it on a phone, the open one. */
export function SettingsPage() {
  const { section } = useParams()
  const known = settingsPages.find((page) => page === section)
  return <Settings title={t('people.settings')} section={section === undefined ? undefined : (known ?? null)} />
}

/** `section` is the open page: none on a phone's home, `null` for one that is not there. */
export function Settings({ title, section }: { title: string; section: SettingsSection | null | undefined }) {
  const me = useMe()
  const signOut = useSignOut()
  const isHome = section === undefined
  // Wide screens show a page beside the home as well.
  const shown = isHome ? 'appearance' : section
  const isAdmin = useIsAdmin()
  const there = settingsPages.filter((page) => page !== 'server' || isAdmin === true)
  const isHidden = shown === 'server' && isAdmin !== true
  const Shown = shown && !isHidden && pages[shown]
  usePageTitle(section ? t(settingsTitles[section]) : section === null ? t('states.lostTitle') : title)
  return (
    <Framed
      view={isHome ? 'list' : 'room'}
      part="you"
      list={
        <SettingsNav
          view={isHome ? 'list' : 'room'}
          title={title}
          me={me}
          section={shown ?? undefined}
          pages={there}
          pathOf={settingsPath}
          onSignOut={signOut.ask}
        />
      }
    >
      <StepUps onSignOut={signOut.ask}>
        {Shown ? (
          <Suspense fallback={<Pane label={t('security.loading')}>{null}</Pane>}>
            <Shown key={shown} level={isHome ? 2 : 1} backPath={paths.you} backLabel={t('people.backToSettings')} />
          </Suspense>
        ) : (
          <Pane label={t('states.lostTitle')} centred>
            {!(isHidden && isAdmin === null) && <NotFoundScreen chatsPath={paths.chats} level={1} />}
          </Pane>
        )}
      </StepUps>
      {signOut.dialog}
    </Framed>
  )
}

/** Whether this person runs the server; `null` while that is not known. */
function useIsAdmin(): boolean | null {
  const { answered } = useAnswer(ownAccount, {})
  if (answered.state === 'here') return answered.answer.isAdmin
  return answered.state === 'waiting' ? null : false
}
