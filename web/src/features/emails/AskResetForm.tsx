import { type SubmitEvent, useEffect, useId, useRef, useState } from 'react'
import { KeyRound } from 'lucide-react'
import { Link } from '../../kernel/router.ts'
import { t } from '../../kernel/i18n.ts'
import { buttonClass } from '../../ui/Button.tsx'
import { Field } from '../../ui/Field.tsx'
import { formText } from '../../ui/form-text.ts'
import { FormError, StepHead, SubmitButton } from '../accounts/index.tsx'

export type AskResetFormProps = {
  busy: boolean
  error?: string | undefined
  until: number | null
  signInPath: string
  onSubmit: (username: string) => void
}

/** Asks for a link to a new password. */
export function AskResetForm({ busy, error, until, signInPath, onSubmit }: AskResetFormProps) {
  const form = useRef<HTMLFormElement>(null)
  const errorId = useId()
  const [missing, setMissing] = useState<string>()
  useEffect(() => form.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus(), [missing])
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    const username = formText(event.currentTarget, 'username').trim()
    setMissing(username ? undefined : t('entry.nameMissing'))
    if (username && !busy) onSubmit(username)
  }
  return (
    <>
      <StepHead icon={KeyRound} title={t('entry.newPassword')} sub={t('entry.newPasswordSub')} />
      <form ref={form} noValidate onSubmit={submit}>
        <FormError id={errorId}>{error}</FormError>
        <Field
          label={t('auth.emailOrUsername')}
          name="username"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={254}
          dir="auto"
          error={missing}
          describedBy={error ? errorId : undefined}
        />
        <SubmitButton busy={busy} until={until}>
          {t('entry.sendLink')}
        </SubmitButton>
      </form>
      <Link className={buttonClass('ghost')} to={signInPath}>
        {t('entry.backToSignIn')}
      </Link>
    </>
  )
}
