import '../kernel/entry-texts.ts'
import '../theme/entry.css'
import { comeAsGuest, TERMS_VERSION } from '@connectly/protocol'
import { codeOf, entryErrorText, useAsking } from '../features/accounts/index.ts'
import { AuthFrame, StepHead } from '../features/accounts/index.tsx'
import { GuestForm } from '../features/guests/index.tsx'
import { CheckNeeded, useHumanCheck, useRules } from '../features/registration/index.ts'
import { askByHttp } from '../kernel/http.ts'
import { t } from '../kernel/i18n.ts'
import { Link, useSearchParams } from '../kernel/router.ts'
import { usePageTitle } from '../kernel/use-page-title.ts'
import { buttonClass } from '../ui/Button.tsx'
import { useBeginning } from './entering.tsx'
import { entryPaths, withSearch } from './entry-paths.ts'

/** Coming in with nothing but a name. */
export function GuestPage() {
  const [search] = useSearchParams()
  const { rules, isSettled } = useRules()
  const { busy, failure, until, run } = useAsking()
  const check = useHumanCheck(rules?.captcha)
  const begin = useBeginning()
  const signInPath = withSearch(entryPaths.signIn, search)
  usePageTitle(t('entry.guestTitle'))
  const isNameWrong = codeOf(failure) === 'InvalidInput'
  const isOff = rules?.guests === false || codeOf(failure) === 'GuestsOff'
  const come = (name: string) =>
    void run(async () => {
      const terms = rules?.terms ?? TERMS_VERSION
      const ask = (captcha: string | undefined) => askByHttp(comeAsGuest, { name, terms, ...(captcha && { captcha }) })
      begin((await check.asking(ask)).userId)
    })
  return (
    <AuthFrame>
      {isOff && <StepHead title={t('entry.guestsOffTitle')} sub={t('entry.guestsOffText')} takesFocus />}
      {isSettled && !isOff && (
        <GuestForm
          busy={busy}
          error={failure === null || isNameWrong ? undefined : textOf(failure, until)}
          fieldError={isNameWrong ? t('entry.guestNameShape') : undefined}
          until={until}
          check={check}
          onSubmit={come}
        />
      )}
      <Link className={buttonClass('ghost')} to={signInPath}>
        {t('entry.backToSignIn')}
      </Link>
    </AuthFrame>
  )
}

const textOf = (failure: unknown, until: number | null): string =>
  failure instanceof CheckNeeded ? t('auth.widgetNeeded') : entryErrorText(failure, until)
