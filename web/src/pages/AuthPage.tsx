import '../kernel/late-texts.ts'
import { MIN_PASSWORD_LENGTH, signIn, signUp, TERMS_VERSION, type UserId } from '@connectly/protocol'
import { useEffect, useMemo, useState } from 'react'
import { useSearchParams } from '../kernel/router.ts'
import { errorText, fieldErrorsOf } from '../features/accounts/index.ts'
import { AuthFrame, SignInForm, SignUpForm } from '../features/accounts/index.tsx'
import { askByHttp } from '../kernel/http.ts'
import { t } from '../kernel/i18n.ts'
import { storedMe, useSession } from '../kernel/session.ts'
import { usePageTitle } from '../kernel/use-page-title.ts'

/** Coming in, by an old account or a new one. One chunk for both, so that going from one to the other is instant. */
export function AuthPage({ way }: { way: 'in' | 'up' }) {
  useForgetting()
  return <AuthFrame>{way === 'in' ? <SignIn /> : <SignUp />}</AuthFrame>
}

function SignIn() {
  const [search] = useSearchParams()
  const { busy, failure, submit } = useComingIn(async (values) => (await askByHttp(signIn, values)).person)
  usePageTitle(t('auth.signIn'))
  const ended = search.has('ended') ? t('states.signedOutText') : undefined
  return (
    <SignInForm
      busy={busy}
      error={failure ? errorText(failure) : ended}
      signUpPath={`/sign-up${query(search)}`}
      onSubmit={submit}
    />
  )
}

function SignUp() {
  const [search] = useSearchParams()
  const { busy, failure, submit } = useComingIn((values) => askByHttp(signUp, { ...values, terms: TERMS_VERSION }))
  const fieldErrors = useMemo(() => fieldErrorsOf(failure) ?? undefined, [failure])
  usePageTitle(t('auth.createAccount'))
  return (
    <SignUpForm
      busy={busy}
      error={failure && !fieldErrors ? errorText(failure) : undefined}
      fieldErrors={fieldErrors}
      minPassword={MIN_PASSWORD_LENGTH}
      signInPath={`/sign-in${query(search)}`}
      onSubmit={submit}
    />
  )
}

/** What this tab still holds of somebody goes when they sign out in another one; a session that just ended keeps it. */
function useForgetting(): void {
  useEffect(() => {
    const forget = () => {
      if (storedMe() === null) sessionStorage.clear()
    }
    forget()
    addEventListener('storage', forget)
    return () => removeEventListener('storage', forget)
  }, [])
}

type Values = { username: string; password: string }

function useComingIn(ask: (values: Values) => Promise<{ userId: UserId } | null>) {
  const session = useSession()
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<unknown>(null)
  const submit = (values: Values) => {
    setBusy(true)
    setFailure(null)
    ask(values).then(
      (me) => {
        if (!me) return setBusy(false)
        if (storedMe() !== me.userId) sessionStorage.clear()
        session.begin(me.userId)
      },
      (error: unknown) => {
        setFailure(error)
        setBusy(false)
      },
    )
  }
  return { busy, failure, submit }
}

const query = (search: URLSearchParams): string => (search.size > 0 ? `?${search.toString()}` : '')
