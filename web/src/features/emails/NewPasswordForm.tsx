import { type SubmitEvent, useEffect, useId, useRef, useState } from 'react'
import { t } from '../../kernel/i18n.ts'
import { Banner } from '../../ui/Banner.tsx'
import { formText } from '../../ui/form-text.ts'
import { PasswordField } from '../../ui/PasswordField.tsx'
import { FormError, NewPasswordField, passwordProblem, StepHead, SubmitButton } from '../accounts/index.tsx'

export type NewPasswordFormProps = {
  busy: boolean
  error?: string | undefined
  /** What is wrong with the password, as it comes back. */
  fieldError?: string | undefined
  until: number | null
  /** What has happened before this step. */
  notice?: string | undefined
  onSubmit: (password: string) => void
}

/** A new password, twice. */
export function NewPasswordForm({ busy, error, fieldError, until, notice, onSubmit }: NewPasswordFormProps) {
  const form = useRef<HTMLFormElement>(null)
  const errorId = useId()
  const [password, setPassword] = useState('')
  const [again, setAgain] = useState('')
  const [wrong, setWrong] = useState<{ password?: string | undefined; again?: string | undefined }>({})
  const isMatch = password !== '' && again === password
  useEffect(() => form.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus(), [wrong, fieldError])

  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    const [first, second] = [formText(event.currentTarget, 'password'), formText(event.currentTarget, 'again')]
    const problem = passwordProblem(first)
    const found = { password: problem, again: problem || first === second ? undefined : t('entry.noMatchYet') }
    setWrong(found)
    if (!busy && !found.password && !found.again) onSubmit(first)
  }
  return (
    <>
      <StepHead title={t('entry.chooseTitle')} sub={t('entry.chooseText')} takesFocus />
      {notice && <Banner look="again">{notice}</Banner>}
      <form ref={form} noValidate onSubmit={submit}>
        <FormError id={errorId}>{error}</FormError>
        <NewPasswordField
          label={t('entry.newPassword')}
          error={wrong.password ?? fieldError}
          onChange={(typed) => {
            setPassword(typed)
            setWrong({})
          }}
        />
        <PasswordField
          label={t('entry.again')}
          name="again"
          autoComplete="new-password"
          maxLength={128}
          value={again}
          onChange={(event) => {
            setAgain(event.target.value)
            setWrong({})
          }}
          error={wrong.again}
          hint={again === '' ? undefined : isMatch ? t('entry.match') : t('entry.noMatchYet')}
          good={isMatch}
          live
          showLabel={t('entry.showAgain')}
          hideLabel={t('entry.hideAgain')}
        />
        <SubmitButton busy={busy} until={until} isUnready={!isMatch}>
          {t('entry.saveAndSignIn')}
        </SubmitButton>
      </form>
    </>
  )
}
