import { t } from '../kernel/i18n.ts'
import { Avatar } from '../ui/Avatar.tsx'
import { Button } from '../ui/Button.tsx'
import { Icon, LogOut } from '../ui/Icon.tsx'
import { Segment } from '../ui/Segment.tsx'
import { themes, type YouMenuProps } from './YouMenu.tsx'

/** The phone's home of what the you-menu holds. */
export function YouPane({ me, theme, onTheme, onSignOut }: YouMenuProps) {
  return (
    <section className="list" aria-label={t('app.you')}>
      <div className="list__top">
        <div className="list__bar">
          <h1 className="list__t grow">{t('app.you')}</h1>
        </div>
      </div>
      <div className="rows">
        <div className="you">
          <Avatar id={me.userId} name={me.name} size={112} />
          <b dir="auto">{me.name}</b>
          <bdi className="dim">@{me.username}</bdi>
        </div>
        <div className="you__set">
          <Segment
            label={t('app.theme')}
            kind="choice"
            options={themes.map((each) => ({
              value: each.theme,
              label: t(each.label),
              icon: <Icon of={each.icon} size={16} />,
            }))}
            value={theme}
            onChange={onTheme}
          />
          <Button look="tonal" onClick={onSignOut}>
            <Icon of={LogOut} />
            {t('app.signOut')}
          </Button>
        </div>
      </div>
    </section>
  )
}
