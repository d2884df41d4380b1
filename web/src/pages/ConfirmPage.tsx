import '../kernel/auth-texts.ts'
import '../kernel/entry-texts.ts'
import '../theme/entry.css'
import { AuthFrame } from '../features/accounts/index.tsx'
import { useToken } from '../features/emails/index.ts'
import { t } from '../kernel/i18n.ts'
import { Redirect } from '../kernel/router.ts'
import { useSession } from '../kernel/session.ts'
import { usePageTitle } from '../kernel/use-page-title.ts'
import { ConfirmByCode } from './ConfirmByCode.tsx'
import { ConfirmByLink } from './ConfirmByLink.tsx'

/** Confirms a mail address: by the link of the mail, signed in or not; or by its digits, for whoever is signed in. */
export function ConfirmPage() {
  const token = useToken()
  const { me } = useSession()
  usePageTitle(t('entry.confirmLinkTitle'))
  if (token === null && !me) return <Redirect to="/sign-in?next=%2Fconfirm" replace />
  return (
    <AuthFrame>{token === null ? <ConfirmByCode /> : <ConfirmByLink token={token} isIn={me !== null} />}</AuthFrame>
  )
}
