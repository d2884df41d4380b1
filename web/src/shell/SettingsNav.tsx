import { Bell, Lock, MonitorSmartphone, Palette } from 'lucide-react'
import { useId } from 'react'
import { Link } from '../kernel/router.ts'
import { t } from '../kernel/i18n.ts'
import { Avatar } from '../ui/Avatar.tsx'
import { ChevronRight, Icon, LogOut, UserRound } from '../ui/Icon.tsx'
import type { View } from './AppFrame.tsx'
import type { Me } from './YouMenu.tsx'

/** The pages of settings, in their order. */
export const settingsPages = ['profile', 'appearance', 'notifications', 'privacy', 'devices'] as const
export type SettingsSection = (typeof settingsPages)[number]

const icons = {
  profile: UserRound,
  appearance: Palette,
  notifications: Bell,
  privacy: Lock,
  devices: MonitorSmartphone,
} as const

export type SettingsNavProps = {
  view: View
  /** As it is called: settings, or, under the phone's last tab, you. */
  title: string
  me: Me
  section: SettingsSection | undefined
  pathOf: (section: SettingsSection) => string
  onSignOut: () => void
}

/** All settings beside the open one; on a phone, the home of all that concerns oneself. */
export function SettingsNav({ view, title, me, section, pathOf, onSignOut }: SettingsNavProps) {
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
        {settingsPages.map((page) => (
          <Link key={page} to={pathOf(page)} aria-current={page === section ? 'page' : undefined}>
            <Icon of={icons[page]} />
            <span className="grow">{t(`people.${page}`)}</span>
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
