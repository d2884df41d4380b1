import '../kernel/entry-texts.ts'
import '../theme/entry.css'
import { type Person, stayForGood, whoAmI } from '@connectly/protocol'
import { useCallback, useEffect, useMemo, useState } from 'react'
import { entryErrorText, fieldErrorsOf, useAsking } from '../features/accounts/index.ts'
import { AuthFrame, StepHead } from '../features/accounts/index.tsx'
import { StayForm } from '../features/guests/index.tsx'
import { askByHttp } from '../kernel/http.ts'
import { t } from '../kernel/i18n.ts'
import { Link, Redirect, useNavigate, useSearchParams } from '../kernel/router.ts'
import { useSession } from '../kernel/session.ts'
import { usePageTitle } from '../kernel/use-page-title.ts'
import { buttonClass } from '../ui/Button.tsx'
import { entryPaths } from './entry-paths.ts'
import { LinkAway, LinkLoading } from './LinkState.tsx'

/** A guest makes an account of what they have. */
export function StayForGoodPage() {
  const { me: isIn } = useSession()
  const navigate = useNavigate()
  const invitation = useSearchParams()[0].get('invitation')
  const [me, setMe] = useState<Person | null>(null)
  const { busy, failure, until, run } = useAsking()
  const look = useCallback(() => void run(async () => setMe(await askByHttp(whoAmI, {}))), [run])
  useEffect(() => {
    if (isIn) look()
  }, [isIn, look])
  const fieldErrors = useMemo(() => fieldErrorsOf(failure) ?? undefined, [failure])
  usePageTitle(t('entry.stayTitle'))
  if (!isIn) return <Redirect to={entryPaths.signIn} replace />
  const stay = (values: { username: string; password: string; email?: string }) =>
    void run(async () => {
      await askByHttp(stayForGood, { ...values, ...(invitation && { invitation }) })
      navigate(values.email === undefined ? '/' : entryPaths.confirm, { replace: true })
    })
  return (
    <AuthFrame>
      {me === null && (failure === null ? <LinkLoading /> : <LinkAway error={failure} onRetry={look} />)}
      {me?.kind === 'guest' && (
        <StayForm
          busy={busy}
          error={failure !== null && !fieldErrors ? entryErrorText(failure, until) : undefined}
          fieldErrors={fieldErrors}
          until={until}
          onSubmit={stay}
        />
      )}
      {me && me.kind !== 'guest' && (
        <StepHead title={t('entry.stayNotGuest')} sub={t('entry.stayNotGuestText')} takesFocus />
      )}
      <Link className={buttonClass('ghost')} to="/">
        {t('states.backToChats')}
      </Link>
    </AuthFrame>
  )
}
