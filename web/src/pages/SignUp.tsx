import { type EntryRules, signUp, TERMS_VERSION, type UserId } from '@connectly/protocol'
import { useMemo, useState } from 'react'
import { codeOf, entryErrorText, fieldErrorsOf, useAsking } from '../features/accounts/index.ts'
import { leaveToSignIn } from '../features/providers/index.ts'
import { ProviderButtons } from '../features/providers/index.tsx'
import { CheckNeeded, renewRules, useHumanCheck } from '../features/registration/index.ts'
import { ClosedDoor, SignUpForm, type SignUpValues } from '../features/registration/index.tsx'
import { askByHttp } from '../kernel/http.ts'
import { t } from '../kernel/i18n.ts'
import { Link, useNavigate, useSearchParams } from '../kernel/router.ts'
import { usePageTitle } from '../kernel/use-page-title.ts'
import { useBeginning } from './entering.tsx'
import { entryPaths, nextOf, withSearch } from './entry-paths.ts'

/** Making an account, where that can be done; else who can. */
export function SignUp({ rules }: { rules: EntryRules | null }) {
  const [search] = useSearchParams()
  const [leavingFor, setLeavingFor] = useState<string | null>(null)
  const { busy, failure, until, run } = useAsking()
  const begin = useBeginning()
  const navigate = useNavigate()
  const fieldErrors = useMemo(() => fieldErrorsOf(failure) ?? undefined, [failure])
  const invitation = search.get('invitation') ?? undefined
  // Whoever was invited is somebody.
  const check = useHumanCheck(invitation === undefined ? rules?.captcha : undefined)
  const signInPath = withSearch(entryPaths.signIn, search)
  usePageTitle(t('auth.createAccount'))
  if (rules?.registration === 'closed' || (rules?.registration === 'invitation' && !invitation))
    return <ClosedDoor isShut={rules.registration === 'closed'} signInPath={signInPath} />

  const terms = rules?.terms ?? TERMS_VERSION
  const submit = (values: SignUpValues) =>
    void run(async () => {
      const { userId } = await check
        .asking((captcha) =>
          askByHttp(signUp, { ...values, terms, ...(invitation && { invitation }), ...(captcha && { captcha }) }),
        )
        .catch((error: unknown) => {
          if (codeOf(error) === 'TermsChanged') renewRules()
          throw error
        })
      goOn(userId, values.email !== undefined)
    })
  const goOn = (me: UserId, hasMail: boolean) => {
    // Their address is confirmed first, or later; then they go where they were going.
    if (hasMail) navigate(`${entryPaths.confirm}?${new URLSearchParams({ next: nextOf(search) }).toString()}`)
    begin(me)
  }
  return (
    <SignUpForm
      busy={busy}
      error={failure !== null && !fieldErrors ? textOf(failure, until) : undefined}
      fieldErrors={fieldErrors}
      until={until}
      check={check}
      onSubmit={submit}
      above={
        rules && rules.providers.length > 0 ? (
          <ProviderButtons
            providers={rules.providers}
            leavingFor={leavingFor}
            onLeave={({ provider, name }) => {
              setLeavingFor(provider)
              const journey = { name, next: nextOf(search), ...(invitation && { invitation }) }
              void run(() => leaveToSignIn(provider, journey)).finally(() => setLeavingFor(null))
            }}
          />
        ) : undefined
      }
      below={
        <div className="auth__ways">
          <p className="hint hint--c">
            {t('auth.beenHere')} <Link to={signInPath}>{t('auth.signIn')}</Link>
          </p>
          {rules?.guests && (
            <p className="hint hint--c">
              <Link to={withSearch(entryPaths.guest, search)}>{t('auth.asGuest')}</Link>
            </p>
          )}
        </div>
      }
    />
  )
}

const textOf = (failure: unknown, until: number | null): string =>
  failure instanceof CheckNeeded
    ? t('auth.widgetNeeded')
    : entryErrorText(failure, until, { LinkSpent: t('auth.invitationSpent') })
