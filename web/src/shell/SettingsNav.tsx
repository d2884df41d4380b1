import { Bell, Database, Lock, MonitorSmartphone, Palette, Server, ShieldCheck } from 'lucide-react'
import { useId } from 'react'
import { Link } from '../kernel/router.ts'
import { t } from '../kernel/i18n.ts'
import { Avatar } from '../ui/Avatar.tsx'
import { ChevronRight, Icon, LogOut, UserRound } from '../ui/Icon.tsx'
import type { View } from './AppFrame.tsx'
import type { Me } from './YouMenu.tsx'

/** The pages of settings, in their order. */
export const settingsPages = [
  'profile',
  'appearance',
  'notifications',
  'privacy',
  'security',
  'devices',
  'data',
  'server',
] as const
export type SettingsSection = (typeof settingsPages)[number]

/** What each is called. */
export const settingsTitles = {
  profile: 'people.profile',
  appearance: 'people.appearance',
  notifications: 'people.notifications',
  privacy: 'people.privacy',
  security: 'security.nav',
  devices: 'people.devices',
  data: 'security.navData',
  server: 'security.navServer',
} as const

const icons = {
  profile: UserRound,
  appearance: Palette,
  notifications: Bell,
  privacy: Lock,
  security: ShieldCheck,
  devices: MonitorSmartphone,
  data: Database,
  server: Server,
} as const

export type SettingsNavProps = {
  view: View
  /** As it is called: settings, or, under the phone's last tab, you. */
  title: string
  me: Me
  section: SettingsSection | undefined
  /** Those that there are for this person. */
  pages: readonly SettingsSection[]
  pathOf: (section: SettingsSection) => string
  onSignOut: () => void
}

/** All settings beside the open one; on a phone, the home of all that concerns oneself. */
export function SettingsNav({ view, title, me, section, pages, pathOf, onSignOut }: SettingsNavProps) {
  const id = useId()
  const Title = view === 'list' ? 'h1' : 'h2'
  return (
    <section className="list list--set" aria-labelledby={id}>
      <div className="list__top">
        <div className="list__bar">
          <Title className="list__t grow" id={id}>
            {title}
          </Title>
        </div>
        <Link className="row row--soft" to={pathOf('profile')}>
          <Avatar id={me.userId} name={me.name} />
          <span className="grow">
            <span className="row__n cut block" dir="auto">
              {me.name}
            </span>
            <bdi className="row__m cut block">@{me.username}</bdi>
          </span>
          <Icon of={ChevronRight} size={16} directional className="dim" />
        </Link>
      </div>
      <nav className="setnav setnav--main" aria-label={t('people.sections')}>
        {pages.map((page) => (
          <Link key={page} to={pathOf(page)} aria-current={page === section ? 'page' : undefined}>
            <Icon of={icons[page]} />
            <span className="grow">{t(settingsTitles[page])}</span>
            <Icon of={ChevronRight} size={16} directional className="only-mob" />
          </Link>
        ))}
      </nav>
      <div className="setnav setnav--out">
        <button type="button" onClick={onSignOut}>
          <Icon of={LogOut} directional />
          {t('app.signOut')}
        </button>
      </div>
    </section>
  )
}
