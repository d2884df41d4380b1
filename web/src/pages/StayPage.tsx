import '../kernel/auth-texts.ts'
import '../kernel/entry-texts.ts'
import '../kernel/security-texts.ts'
import '../theme/entry.css'
import { stay } from '@connectly/protocol'
import { useCallback, useEffect, useState } from 'react'
import { CircleCheck } from 'lucide-react'
import { useAsking } from '../features/accounts/index.ts'
import { AuthFrame, StepHead } from '../features/accounts/index.tsx'
import { useToken } from '../features/emails/index.ts'
import { askByHttp } from '../kernel/http.ts'
import { t } from '../kernel/i18n.ts'
import { Link, Redirect } from '../kernel/router.ts'
import { useSession } from '../kernel/session.ts'
import { usePageTitle } from '../kernel/use-page-title.ts'
import { buttonClass } from '../ui/Button.tsx'
import { LinkAway, LinkLoading } from './LinkState.tsx'

/** The link of the mail about leaving: the account stays. Being signed in is what counts, so one signs in first. */
export function StayPage() {
  // Nothing is opened by it; but it is out of the address at once.
  useToken()
  const { me } = useSession()
  usePageTitle(t('security.stay'))
  if (!me) return <Redirect to="/sign-in?next=%2Fstay" replace />
  return (
    <AuthFrame>
      <Staying />
    </AuthFrame>
  )
}

function Staying() {
  const [isDone, setDone] = useState(false)
  const { failure, run } = useAsking()
  const keep = useCallback(
    () =>
      void run(async () => {
        await askByHttp(stay, {})
        setDone(true)
      }),
    [run],
  )
  useEffect(keep, [keep])
  if (!isDone) return failure === null ? <LinkLoading /> : <LinkAway error={failure} onRetry={keep} />
  return (
    <>
      <StepHead icon={CircleCheck} isDone title={t('security.stayed')} sub={t('security.stayText')} takesFocus />
      <Link className={buttonClass('primary', 'wide')} to="/">
        {t('entry.goOn')}
      </Link>
    </>
  )
}
