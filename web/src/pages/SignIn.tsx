import { type EntryRules, signIn, type SignedIn } from '@connectly/protocol'
import { useEffect, useMemo, useRef, useState } from 'react'
import { Fingerprint } from 'lucide-react'
import { codeOf, entryErrorText, useAsking } from '../features/accounts/index.ts'
import { SignInForm } from '../features/accounts/index.tsx'
import { leaveToSignIn } from '../features/providers/index.ts'
import { ProviderButtons } from '../features/providers/index.tsx'
import { askByHttp } from '../kernel/http.ts'
import { moment, t } from '../kernel/i18n.ts'
import { Link, useLocation, useSearchParams } from '../kernel/router.ts'
import { usePageTitle } from '../kernel/use-page-title.ts'
import { Button } from '../ui/Button.tsx'
import { Icon } from '../ui/Icon.tsx'
import { useBeginning, useEntering } from './entering.tsx'
import { entryPaths, nextOf, withSearch } from './entry-paths.ts'
import { canOfferPasskeys, knowsPasskeys } from './passkeys-here.ts'

/** Says why it did not work. `was` is by what it was tried. */
type Tried = 'password' | 'passkey' | 'provider'

/** Signing in: by name and password, by a passkey, or with another service. */
export function SignIn({ rules }: { rules: EntryRules | null }) {
  const [search] = useSearchParams()
  const { state } = useLocation()
  const { busy, failure, until, run, forget } = useAsking()
  const [tried, setTried] = useState<Tried>('password')
  const [leavingFor, setLeavingFor] = useState<string | null>(null)
  const [isSpent, setSpent] = useState(false)
  const { enter, step } = useEntering(() => setSpent(true), useBeginning())
  usePageTitle(t('auth.signIn'))
  const error = useMemo(
    () => (failure === null ? undefined : { text: textOf(failure, tried, until) }),
    [failure, tried, until],
  )
  const attempt = (by: Tried, ask: () => Promise<void>) => {
    setTried(by)
    setSpent(false)
    return run(ask)
  }
  useOffer(step === null && !busy, (ask) => void attempt('passkey', async () => enter(await ask())))
  if (step) return step

  const from = state as { username?: string; isNewPassword?: boolean } | null
  const notice = isSpent
    ? t('auth.secondSpent')
    : from?.isNewPassword
      ? t('auth.passwordChanged')
      : search.has('ended') && !failure
        ? t('states.signedOutText')
        : undefined
  return (
    <SignInForm
      busy={busy && tried === 'password'}
      error={error}
      until={tried === 'password' ? until : null}
      notice={notice}
      username={from?.username}
      forgotPath={withSearch(entryPaths.forgot, search)}
      onSubmit={(values) =>
        void attempt('password', async () => enter(await askByHttp(signIn, values), values.username.trim()))
      }
      above={
        rules && rules.providers.length > 0 ? (
          <ProviderButtons
            providers={rules.providers}
            leavingFor={leavingFor}
            onLeave={({ provider, name }) => {
              setLeavingFor(provider)
              void attempt('provider', () => leaveToSignIn(provider, journeyOf(search, name))).finally(() =>
                setLeavingFor(null),
              )
            }}
          />
        ) : undefined
      }
      below={
        <div className="auth__ways">
          {knowsPasskeys() && (
            <Button
              look="ghost"
              busy={busy && tried === 'passkey'}
              onClick={() => {
                forget()
                void attempt('passkey', async () => enter(await (await import('./passkey-sign-in.ts')).passkeySignIn()))
              }}
            >
              <Icon of={Fingerprint} />
              {t('auth.signInPasskey')}
            </Button>
          )}
          {rules?.registration !== 'closed' && (
            <p className="hint hint--c">
              {t('auth.newHere')} <Link to={withSearch(entryPaths.signUp, search)}>{t('auth.createAnAccount')}</Link>
            </p>
          )}
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

function journeyOf(search: URLSearchParams, name: string) {
  const invitation = search.get('invitation')
  return { name, next: nextOf(search), ...(invitation && { invitation }) }
}

function textOf(failure: unknown, tried: Tried, until: number | null): string {
  if (failure instanceof Error && failure.name === 'PasskeyNotUsed') return t('auth.passkeyBroken')
  if (codeOf(failure) === 'TooManyRequests' && tried === 'password')
    return t('auth.tooManyTries', { time: moment(until ?? Date.now()) })
  return entryErrorText(failure, until, {
    WrongProof: t('auth.passkeyFailed'),
    LinkSpent: t('auth.passkeyBroken'),
  })
}

type Offered = () => Promise<SignedIn>

/** Offers passkeys where the username is typed, as long as the form is there; `take` asks with the one that was taken. */
function useOffer(isOn: boolean, take: (ask: Offered) => void): void {
  const taking = useRef(take)
  useEffect(() => {
    taking.current = take
  })
  useEffect(() => {
    if (!isOn) return
    let isOver = false
    let stop: (() => void) | undefined
    void (async () => {
      if (!(await canOfferPasskeys())) return
      const passkeys = await import('./passkey-sign-in.ts')
      if (isOver) return
      stop = passkeys.stopOffering
      const answer = await passkeys.offered()
      if (!isOver) taking.current(() => passkeys.signInWith(answer))
    })().catch(() => undefined)
    return () => {
      isOver = true
      stop?.()
    }
  }, [isOn])
}
