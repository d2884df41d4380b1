import '../kernel/entry-texts.ts'
import '../theme/entry.css'
import { itWasNotMe } from '@connectly/protocol'
import { useState } from 'react'
import { ShieldAlert } from 'lucide-react'
import { codeOf, entryErrorText, useAsking } from '../features/accounts/index.ts'
import { AuthFrame, FormError, StepHead } from '../features/accounts/index.tsx'
import { askByHttp } from '../kernel/http.ts'
import { t } from '../kernel/i18n.ts'
import { Link } from '../kernel/router.ts'
import { usePageTitle } from '../kernel/use-page-title.ts'
import { Button, buttonClass } from '../ui/Button.tsx'
import { entryPaths } from './entry-paths.ts'
import { LinkAway, LinkLoading, LinkSpentState } from './LinkState.tsx'
import { ResettingPassword } from './ResettingPassword.tsx'
import { useLink } from './use-link.ts'

/** By the mail about a new device: ends all sessions, but only by a press, since programs that read mail open links too. */
export function NotMePage() {
  const { link, close } = useLink()
  const [token, setToken] = useState<string | null>(null)
  usePageTitle(t('entry.notMeTitle'))
  if (token !== null)
    return (
      <AuthFrame>
        <ResettingPassword token={token} notice={t('entry.allOut')} onSpent={() => setToken(null)} />
      </AuthFrame>
    )
  return (
    <AuthFrame>
      {link.is === 'loading' && <LinkLoading />}
      {link.is === 'away' && <LinkAway error={link.error} onRetry={link.retry} />}
      {link.is === 'open' && <Question token={link.token} onDone={setToken} onSpent={close} />}
      {(link.is === 'spent' || link.is === 'missing') && (
        <LinkSpentState
          isMissing={link.is === 'missing'}
          action={
            <Link className={buttonClass('primary', 'wide')} to={entryPaths.forgot}>
              {t('entry.newPassword')}
            </Link>
          }
        />
      )}
    </AuthFrame>
  )
}

type QuestionProps = { token: string; onDone: (token: string) => void; onSpent: () => void }

function Question({ token, onDone, onSpent }: QuestionProps) {
  const { busy, failure, until, run } = useAsking()
  const end = () =>
    void run(async () => {
      const next = await askByHttp(itWasNotMe, { token }).catch((error: unknown) => {
        if (codeOf(error) === 'LinkSpent') onSpent()
        throw error
      })
      onDone(next.token)
    })
  return (
    <>
      <StepHead icon={ShieldAlert} title={t('entry.notMeTitle')} sub={t('entry.notMeText')} takesFocus />
      <FormError id="not-me-error">{failure === null ? undefined : entryErrorText(failure, until)}</FormError>
      <Button look="primary" size="wide" busy={busy} onClick={end}>
        {t('entry.notMe')}
      </Button>
    </>
  )
}
