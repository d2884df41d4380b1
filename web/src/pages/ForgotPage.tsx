import '../kernel/entry-texts.ts'
import '../theme/entry.css'
import { askReset } from '@connectly/protocol'
import { useState } from 'react'
import { entryErrorText, useAsking } from '../features/accounts/index.ts'
import { AuthFrame } from '../features/accounts/index.tsx'
import { AskResetForm, LinkSent } from '../features/emails/index.tsx'
import { useRules } from '../features/registration/index.ts'
import { askByHttp } from '../kernel/http.ts'
import { t } from '../kernel/i18n.ts'
import { useSearchParams } from '../kernel/router.ts'
import { usePageTitle } from '../kernel/use-page-title.ts'
import { entryPaths, withSearch } from './entry-paths.ts'

/** How long a mail takes to be found, in ms, before another is worth asking for. */
const AGAIN_AFTER = 60_000

/** Asking for a link to a new password. What it says is the same for every name. */
export function ForgotPage() {
  const [search] = useSearchParams()
  const { rules } = useRules()
  const { busy, failure, until, run } = useAsking()
  const [sent, setSent] = useState<{ to: string; again: number } | null>(null)
  usePageTitle(t('entry.newPassword'))
  const ask = (username: string) =>
    void run(async () => {
      await askByHttp(askReset, { username })
      setSent({ to: username, again: Date.now() + AGAIN_AFTER })
    })
  const about = { busy, signInPath: withSearch(entryPaths.signIn, search) }
  const error = failure === null ? undefined : entryErrorText(failure, until)
  return (
    <AuthFrame>
      {sent ? (
        <LinkSent
          {...about}
          hasMail={rules && rules.mail}
          error={error}
          until={Math.max(sent.again, until ?? 0)}
          onAgain={() => ask(sent.to)}
        />
      ) : (
        <AskResetForm {...about} error={error} until={until} onSubmit={ask} />
      )}
    </AuthFrame>
  )
}
