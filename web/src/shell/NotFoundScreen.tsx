import { Link } from '../kernel/router.ts'
import { t } from '../kernel/i18n.ts'
import { buttonClass } from '../ui/Button.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'

/** Not there and not allowed look the same, to the pixel. */
export function NotFoundScreen({ chatsPath, level = 2 }: { chatsPath: string; level?: 1 | 2 }) {
  return (
    <EmptyState
      scene="lost"
      level={level}
      title={t('states.lostTitle')}
      text={t('states.lostText')}
      actions={
        <Link className={buttonClass('primary')} to={chatsPath}>
          {t('states.backToChats')}
        </Link>
      }
    />
  )
}
