import type { Person } from '@connectly/protocol'
import { type SubmitEvent, useEffect, useMemo, useRef, useState } from 'react'
import { entryErrorText, fieldErrorsOf, useAsking } from '../features/accounts/index.ts'
import { FormError, SubmitButton } from '../features/accounts/index.tsx'
import { UsernameField, usernameProblem } from '../features/registration/index.tsx'
import { t } from '../kernel/i18n.ts'
import { Dialog } from '../ui/Dialog.tsx'
import { formText } from '../ui/form-text.ts'

export type UsernameDialogProps = {
  username: string
  rename: (username: string) => Promise<Person>
  onDone: (username: string) => void
  onClose: () => void
}

/** Another username; says while one types whether it is free. */
export function UsernameDialog({ username, rename, onDone, onClose }: UsernameDialogProps) {
  const form = useRef<HTMLFormElement>(null)
  const { busy, failure, until, run } = useAsking()
  const [wrong, setWrong] = useState<string>()
  const refused = useMemo(() => fieldErrorsOf(failure)?.username, [failure])
  const error = wrong ?? refused
  useEffect(() => form.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus(), [error])
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    const typed = formText(event.currentTarget, 'username').trim().toLowerCase()
    const problem = usernameProblem(typed)
    setWrong(problem)
    if (problem !== undefined || busy) return
    if (typed === username) return onClose()
    void run(async () => onDone((await rename(typed)).username))
  }
  return (
    <Dialog title={t('security.usernameTitle')} closeLabel={t('app.close')} onClose={onClose}>
      <p className="dim">{t('security.usernameText')}</p>
      <form className="vst" ref={form} noValidate onSubmit={submit}>
        <FormError id="username-error">
          {failure !== null && refused === undefined ? entryErrorText(failure, until) : undefined}
        </FormError>
        <UsernameField error={error} />
        <SubmitButton busy={busy} until={until}>
          {t('security.usernameSave')}
        </SubmitButton>
      </form>
    </Dialog>
  )
}
