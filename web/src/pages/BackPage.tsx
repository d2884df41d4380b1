import '../kernel/auth-texts.ts'
import '../kernel/entry-texts.ts'
import '../theme/entry.css'
import { linkProvider, type OutputOf, returnFromProvider, signUpWithProvider, TERMS_VERSION } from '@connectly/protocol'
import { useCallback, useEffect, useMemo, useState } from 'react'
import { CircleAlert } from 'lucide-react'
import { codeOf, entryErrorText, fieldErrorsOf, useAsking } from '../features/accounts/index.ts'
import { AuthFrame, StepHead } from '../features/accounts/index.tsx'
import { type Journey } from '../features/providers/index.ts'
import { NewcomerForm } from '../features/providers/index.tsx'
import { useRules } from '../features/registration/index.ts'
import { askByHttp } from '../kernel/http.ts'
import { t } from '../kernel/i18n.ts'
import { Link, useNavigate } from '../kernel/router.ts'
import { useSession } from '../kernel/session.ts'
import { usePageTitle } from '../kernel/use-page-title.ts'
import { useToast } from '../shell/Toaster.tsx'
import { buttonClass } from '../ui/Button.tsx'
import { useBeginning, useEntering } from './entering.tsx'
import { entryPaths } from './entry-paths.ts'
import { LinkAway, LinkLoading } from './LinkState.tsx'
import { type Return, useReturn } from './use-return.ts'

type Newcomer = NonNullable<OutputOf<typeof returnFromProvider>['newcomer']>

/** Back from another service: signed in, half way, new here; or linked, where that was begun in settings. */
export function BackPage() {
  const back = useReturn()
  usePageTitle(t('entry.comingBack'))
  return (
    <AuthFrame>
      {back ? <Returned back={back} /> : <Failed text={t('entry.backLost')} path={entryPaths.signIn} />}
    </AuthFrame>
  )
}

function Returned({ back: { journey, returned } }: { back: Return }) {
  const navigate = useNavigate()
  const toast = useToast()
  const { me } = useSession()
  const begin = useBeginning()
  const { failure, until, run } = useAsking()
  const [newcomer, setNewcomer] = useState<Newcomer | null>(null)
  const { enter, step } = useEntering(
    () => navigate(entryPaths.signIn, { replace: true }),
    (who) => {
      navigate(journey.next, { replace: true })
      begin(who)
    },
  )
  const isLink = journey.purpose === 'link'
  const arrive = useCallback(
    () =>
      void run(async () => {
        if (isLink) {
          await askByHttp(linkProvider, returned)
          navigate(journey.next, { replace: true })
          return toast({ text: t('entry.linked') })
        }
        const { signedIn, newcomer } = await askByHttp(returnFromProvider, returned)
        if (signedIn) enter(signedIn)
        setNewcomer(newcomer)
      }),
    // Once: what the service gave is good for one ask.
    // oxlint-disable-next-line react/exhaustive-deps -- nothing else of it changes
    [returned],
  )
  useEffect(arrive, [arrive])

  if (step) return step
  if (newcomer) return <Arriving journey={journey} newcomer={newcomer} onSignedIn={enter} />
  if (failure === null) return <LinkLoading />
  const code = codeOf(failure)
  if (code === 'Offline' || code === 'NoAnswer') return <LinkAway error={failure} onRetry={arrive} />
  return <Failed text={entryErrorText(failure, until)} path={isLink && me ? journey.next : entryPaths.signIn} />
}

type ArrivingProps = {
  journey: Journey
  newcomer: Newcomer
  onSignedIn: (answer: OutputOf<typeof signUpWithProvider>) => void
}

function Arriving({ journey, newcomer, onSignedIn }: ArrivingProps) {
  const { rules } = useRules()
  const { busy, failure, until, run } = useAsking()
  const fieldErrors = useMemo(() => fieldErrorsOf(failure), [failure])
  const { invitation } = journey
  const create = (username: string) =>
    void run(async () => {
      const terms = rules?.terms ?? TERMS_VERSION
      const { ticket, name } = newcomer
      const given = { ticket, username, terms, ...(name && { name }), ...(invitation && { invitation }) }
      onSignedIn(await askByHttp(signUpWithProvider, given))
    })
  return (
    <NewcomerForm
      username={newcomer.username}
      busy={busy}
      error={failure !== null && !fieldErrors ? entryErrorText(failure, until) : undefined}
      fieldError={fieldErrors?.username}
      until={until}
      onSubmit={create}
    />
  )
}

function Failed({ text, path }: { text: string; path: string }) {
  return (
    <>
      <StepHead icon={CircleAlert} title={t('entry.backFailed')} sub={text} takesFocus />
      <Link className={buttonClass('primary', 'wide')} to={path}>
        {path === entryPaths.signIn ? t('entry.backToSignIn') : t('entry.goOn')}
      </Link>
    </>
  )
}
