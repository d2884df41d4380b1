import { confirmEmailByLink } from '@connectly/protocol'
import { useState } from 'react'
import { MailCheck } from 'lucide-react'
import { codeOf, entryErrorText, useAsking } from '../features/accounts/index.ts'
import { FormError, StepHead } from '../features/accounts/index.tsx'
import { askByHttp } from '../kernel/http.ts'
import { t } from '../kernel/i18n.ts'
import { Link } from '../kernel/router.ts'
import { Button, buttonClass } from '../ui/Button.tsx'
import { entryPaths } from './entry-paths.ts'
import { LinkSpentState } from './LinkState.tsx'

/** By a press, and not by opening the page: programs that read mail open links too, and would confirm what nobody asked for. */
export function ConfirmByLink({ token, isIn }: { token: string; isIn: boolean }) {
  const { busy, failure, until, run } = useAsking()
  const [email, setEmail] = useState<string | null>(null)
  const confirm = () => void run(async () => setEmail((await askByHttp(confirmEmailByLink, { token })).email))
  if (codeOf(failure) === 'LinkSpent' || codeOf(failure) === 'InvalidInput') return <LinkSpentState isMissing={false} />
  if (email !== null)
    return (
      <>
        <StepHead
          icon={MailCheck}
          isDone
          title={t('entry.confirmed', { email })}
          sub={t('entry.confirmedText')}
          takesFocus
        />
        <Link className={buttonClass('primary', 'wide')} to={isIn ? '/' : entryPaths.signIn}>
          {isIn ? t('entry.goOn') : t('auth.signIn')}
        </Link>
      </>
    )
  return (
    <>
      <StepHead icon={MailCheck} title={t('entry.confirmLinkTitle')} sub={t('entry.confirmLinkText')} takesFocus />
      <FormError id="confirm-error">{failure === null ? undefined : entryErrorText(failure, until)}</FormError>
      <Button look="primary" size="wide" busy={busy} onClick={confirm}>
        {t('entry.confirmLink')}
      </Button>
    </>
  )
}
