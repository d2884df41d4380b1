import '../kernel/entry-texts.ts'
import '../theme/entry.css'
import { AuthFrame } from '../features/accounts/index.tsx'
import { t } from '../kernel/i18n.ts'
import { Link } from '../kernel/router.ts'
import { usePageTitle } from '../kernel/use-page-title.ts'
import { buttonClass } from '../ui/Button.tsx'
import { entryPaths } from './entry-paths.ts'
import { LinkAway, LinkLoading, LinkSpentState } from './LinkState.tsx'
import { ResettingPassword } from './ResettingPassword.tsx'
import { useLink } from './use-link.ts'

/** A new password, by the link of a mail. */
export function ResetPage() {
  const { link, close } = useLink()
  usePageTitle(t('entry.chooseTitle'))
  return (
    <AuthFrame>
      {link.is === 'loading' && <LinkLoading />}
      {link.is === 'away' && <LinkAway error={link.error} onRetry={link.retry} />}
      {link.is === 'open' && <ResettingPassword token={link.token} onSpent={close} />}
      {(link.is === 'spent' || link.is === 'missing') && (
        <LinkSpentState
          isMissing={link.is === 'missing'}
          action={
            <Link className={buttonClass('primary', 'wide')} to={entryPaths.forgot}>
              {t('entry.askAgain')}
            </Link>
          }
        />
      )}
    </AuthFrame>
  )
}
