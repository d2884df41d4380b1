import { Settings2 } from 'lucide-react'
import { useNavigate } from '../kernel/router.ts'
import { t } from '../kernel/i18n.ts'
import { Avatar } from '../ui/Avatar.tsx'
import { LogOut, Monitor, Moon, Sun } from '../ui/Icon.tsx'
import { Menu, MenuItem } from '../ui/Menu.tsx'

export type Theme = 'system' | 'light' | 'dark'
export type Me = { userId: string; name: string; username: string }
export type YouMenuProps = { me: Me; theme: Theme; onTheme: (theme: Theme) => void; onSignOut: () => void }

/** At the foot of the rail: who is signed in, the theme, and the way out. */
export function YouMenu({ me, theme, onTheme, onSignOut }: YouMenuProps) {
  const navigate = useNavigate()
  return (
    <Menu
      label={t('app.yourProfile')}
      className="menu--rail"
      button={(props) => (
        <button type="button" className="rail__you" aria-label={t('app.yourProfile')} title={me.name} {...props}>
          <Avatar id={me.userId} name={me.name} size={40} />
        </button>
      )}
    >
      <div className="menu__who" role="presentation">
        <Avatar id={me.userId} name={me.name} size={36} />
        <span className="grow">
          <b className="cut" dir="auto">
            {me.name}
          </b>
          <bdi className="dim">@{me.username}</bdi>
        </span>
      </div>
      <hr />
      {themes.map((each) => (
        <MenuItem
          key={each.theme}
          icon={each.icon}
          isChecked={each.theme === theme}
          onClick={() => onTheme(each.theme)}
        >
          {t(each.label)}
        </MenuItem>
      ))}
      <hr />
      <MenuItem icon={Settings2} onClick={() => navigate('/settings')}>
        {t('app.settings')}
      </MenuItem>
      <MenuItem icon={LogOut} onClick={onSignOut}>
        {t('app.signOut')}
      </MenuItem>
    </Menu>
  )
}

export const themes = [
  { theme: 'system', icon: Monitor, label: 'app.themeSystem' },
  { theme: 'light', icon: Sun, label: 'app.themeLight' },
  { theme: 'dark', icon: Moon, label: 'app.themeDark' },
] as const
