import { Settings2 } from 'lucide-react'
import type { ReactNode } from 'react'
import { Link } from '../kernel/router.ts'
import { number, t } from '../kernel/i18n.ts'
import { Icon, type IconProps, MailPlus, MessageCircle, UserRound } from '../ui/Icon.tsx'
import { Mark } from '../ui/Mark.tsx'
import { type Me, type Theme, YouMenu } from './YouMenu.tsx'

/** What a phone shows: the list, or the room. From 768 px on both stand side by side. A page stands without a list. */
export type View = 'list' | 'room' | 'page'
export type Part = 'chats' | 'requests' | 'you'

export type AppFrameProps = {
  view: View
  /** The part that is marked as the current one. */
  part: Part
  me: Me
  /** Chats with something unread that are not muted. */
  chatCount: number
  /** Requests waiting for an answer of mine. */
  requestCount: number
  theme: Theme
  onTheme: (theme: Theme) => void
  onSignOut: () => void
  paths: Readonly<Record<Part | 'settings', string>>
  /** The list beside the room. */
  list: ReactNode
  /** A `<Pane>`. */
  children: ReactNode
}

type Entry = { part: Part; icon: IconProps['of']; label: string; count: number }

export function AppFrame(props: AppFrameProps) {
  const { view, part, me, chatCount, requestCount, theme, onTheme, onSignOut, paths, list, children } = props
  const entries: Entry[] = [
    { part: 'chats', icon: MessageCircle, label: t('app.chats'), count: chatCount },
    { part: 'requests', icon: MailPlus, label: t('app.requests'), count: requestCount },
    { part: 'you', icon: UserRound, label: t('app.you'), count: 0 },
  ]
  const isCurrent = (entry: Entry) => (entry.part === part ? ('page' as const) : undefined)
  return (
    <div className="app" data-view={view}>
      <nav className="rail" aria-label={t('app.navigation')}>
        <Mark className="rail__logo" />
        {entries
          .filter((entry) => entry.part !== 'you')
          .map((entry) => (
            <Link key={entry.part} className="rail__b" to={paths[entry.part]} aria-current={isCurrent(entry)}>
              <span className="rail__ic">
                <Icon of={entry.icon} />
                <Count of={entry.count} />
              </span>
              {entry.label}
            </Link>
          ))}
        <span className="rail__sp" />
        <Link className="rail__b" to={paths.settings} aria-current={part === 'you' ? 'page' : undefined}>
          <span className="rail__ic">
            <Icon of={Settings2} />
          </span>
          {t('app.settings')}
        </Link>
        <YouMenu me={me} theme={theme} onTheme={onTheme} onSignOut={onSignOut} />
      </nav>
      <main className="app__main">
        {list}
        {children}
      </main>
      <nav className="tabbar glass glass--strong" aria-label={t('app.navigation')}>
        {entries.map((entry) => (
          <Link key={entry.part} className="tabbar__b" to={paths[entry.part]} aria-current={isCurrent(entry)}>
            <Icon of={entry.icon} size={22} />
            <Count of={entry.count} />
            {entry.label}
          </Link>
        ))}
      </nav>
    </div>
  )
}

function Count({ of: count }: { of: number }) {
  return count > 0 && <span className="rail__n">{count > 99 ? '99+' : number(count)}</span>
}
