import { confirmEmail, myEmail, type OwnEmail } from '@connectly/protocol'
import { useCallback, useEffect, useMemo, useState } from 'react'
import { MailCheck } from 'lucide-react'
import { codeOf, entryErrorText, useAsking } from '../features/accounts/index.ts'
import { StepHead } from '../features/accounts/index.tsx'
import { MailCodeForm } from '../features/emails/index.tsx'
import { useRules } from '../features/registration/index.ts'
import { askByHttp } from '../kernel/http.ts'
import { t } from '../kernel/i18n.ts'
import { Link, useNavigate, useSearchParams } from '../kernel/router.ts'
import { buttonClass } from '../ui/Button.tsx'
import { nextOf } from './entry-paths.ts'
import { LinkAway, LinkLoading } from './LinkState.tsx'

/** The digits of the mail, right after signing up. It can wait: "Later" goes on. */
export function ConfirmByCode() {
  const [search] = useSearchParams()
  const navigate = useNavigate()
  const { rules } = useRules()
  const [mine, setMine] = useState<OwnEmail | null>(null)
  const [isDone, setDone] = useState(false)
  const { busy, failure, until, run } = useAsking()
  const look = useCallback(() => void run(async () => setMine(await askByHttp(myEmail, {}))), [run])
  useEffect(look, [look])
  const next = nextOf(search)
  const wrong = useMemo(() => wrongOf(failure), [failure])

  if (mine === null) return failure === null ? <LinkLoading /> : <LinkAway error={failure} onRetry={look} />
  if (isDone || !mine.waiting) {
    const email = mine.email ?? ''
    return (
      <>
        <StepHead
          icon={MailCheck}
          isDone
          title={isDone ? t('entry.confirmed', { email }) : t('entry.nothingWaits')}
          sub={isDone ? t('entry.confirmedText') : t('entry.nothingWaitsText')}
          takesFocus
        />
        <Link className={buttonClass('primary', 'wide')} to={next}>
          {t('entry.goOn')}
        </Link>
      </>
    )
  }
  const confirm = (code: string) =>
    void run(async () => {
      setMine(await askByHttp(confirmEmail, { code }))
      setDone(true)
    })
  return (
    <MailCodeForm
      email={mine.waiting.email}
      hasMail={rules && rules.mail}
      busy={busy}
      wrong={wrong}
      error={failure !== null && !wrong ? entryErrorText(failure, until) : undefined}
      until={until}
      onSubmit={confirm}
      onLater={() => navigate(next)}
    />
  )
}

function wrongOf(failure: unknown): { text: string } | undefined {
  const code = codeOf(failure)
  if (code === 'WrongProof') return { text: t('entry.codeWrongMail') }
  return code === 'LinkSpent' ? { text: t('entry.codeSpent') } : undefined
}
