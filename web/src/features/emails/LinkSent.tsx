import { MailCheck } from 'lucide-react'
import { Link } from '../../kernel/router.ts'
import { t } from '../../kernel/i18n.ts'
import { Button, buttonClass } from '../../ui/Button.tsx'
import { useSecondsUntil } from '../../ui/useSecondsUntil.ts'
import { FormError, StepHead } from '../accounts/index.tsx'

export type LinkSentProps = {
  /** Whether mail leaves this server; `null` where that is not known. */
  hasMail: boolean | null
  busy: boolean
  error?: string | undefined
  /** From when on another can be asked for, in ms. */
  until: number | null
  signInPath: string
  onAgain: () => void
}

/** The same words whether there is such an account or not. */
export function LinkSent({ hasMail, busy, error, until, signInPath, onAgain }: LinkSentProps) {
  const seconds = useSecondsUntil(until)
  return (
    <>
      <StepHead
        icon={MailCheck}
        isDone
        title={t('entry.sentTitle')}
        sub={hasMail === false ? t('entry.sentNoMail') : t('entry.sentText')}
        takesFocus
      />
      <FormError id="again-error">{error}</FormError>
      <Button
        look="tonal"
        size="wide"
        busy={busy}
        aria-disabled={seconds > 0 || undefined}
        onClick={() => seconds === 0 && onAgain()}
      >
        {seconds > 0 ? t('entry.sendAgainIn', { count: seconds }) : t('entry.sendAgain')}
      </Button>
      <Link className={buttonClass('ghost')} to={signInPath}>
        {t('entry.backToSignIn')}
      </Link>
    </>
  )
}
