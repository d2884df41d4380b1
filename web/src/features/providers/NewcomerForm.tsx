import { type SubmitEvent, useEffect, useId, useRef, useState } from 'react'
import { t } from '../../kernel/i18n.ts'
import { formText } from '../../ui/form-text.ts'
import { FormError, StepHead, SubmitButton } from '../accounts/index.tsx'
import { TermsLine, UsernameField, usernameProblem } from '../registration/index.tsx'

export type NewcomerFormProps = {
  /** What the other service suggests. */
  username: string
  busy: boolean
  error?: string | undefined
  fieldError?: string | undefined
  until: number | null
  onSubmit: (username: string) => void
}

/** Whoever came from another service and has no account here yet: a username, and the terms. */
export function NewcomerForm({ username, busy, error, fieldError, until, onSubmit }: NewcomerFormProps) {
  const form = useRef<HTMLFormElement>(null)
  const errorId = useId()
  const [wrong, setWrong] = useState<string>()
  const shown = wrong ?? fieldError
  useEffect(() => form.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus(), [shown])
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    const typed = formText(event.currentTarget, 'username')
    const problem = usernameProblem(typed)
    setWrong(problem)
    if (!problem && !busy) onSubmit(typed)
  }
  return (
    <>
      <StepHead title={t('entry.almostThere')} sub={t('entry.almostThereText')} takesFocus />
      <form ref={form} noValidate onSubmit={submit}>
        <FormError id={errorId}>{error}</FormError>
        <UsernameField initial={username} error={shown} describedBy={error ? errorId : undefined} />
        <TermsLine />
        <SubmitButton busy={busy} until={until}>
          {t('auth.createAccount')}
        </SubmitButton>
      </form>
    </>
  )
}
