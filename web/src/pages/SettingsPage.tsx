import '../kernel/late-texts.ts'
import '../theme/settings.css'
import '../theme/settings-controls.css'
import '../theme/settings-looks.css'
import { useParams } from '../kernel/router.ts'
import { t } from '../kernel/i18n.ts'
import { usePageTitle } from '../kernel/use-page-title.ts'
import { NotFoundScreen } from '../shell/NotFoundScreen.tsx'
import { Pane } from '../shell/Pane.tsx'
import { SettingsNav, settingsPages, type SettingsSection } from '../shell/SettingsNav.tsx'
import { Framed, useMe } from './frame.tsx'
import { paths, settingsPath } from './paths.ts'
import { SettingsAppearance } from './SettingsAppearance.tsx'
import { SettingsDevices } from './SettingsDevices.tsx'
import { SettingsNotifications } from './SettingsNotifications.tsx'
import { SettingsPrivacy } from './SettingsPrivacy.tsx'
import { SettingsProfile } from './SettingsProfile.tsx'
import { useSignOut } from './sign-out.tsx'

const pages = {
  profile: SettingsProfile,
  appearance: SettingsAppearance,
  notifications: SettingsNotifications,
  privacy: SettingsPrivacy,
  devices: SettingsDevices,
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
  const Shown = shown && pages[shown]
  usePageTitle(section ? t(`people.${section}`) : section === null ? t('states.lostTitle') : title)
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
          pathOf={settingsPath}
          onSignOut={signOut.ask}
        />
      }
    >
      {Shown ? (
        <Shown key={shown} level={isHome ? 2 : 1} backPath={paths.you} backLabel={t('people.backToSettings')} />
      ) : (
        <Pane label={t('states.lostTitle')} centred>
          <NotFoundScreen chatsPath={paths.chats} level={1} />
        </Pane>
      )}
      {signOut.dialog}
    </Framed>
  )
}
