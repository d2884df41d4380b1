import { type OwnEmail, removeEmail, setEmail } from '@connectly/protocol'
import { type SubmitEvent, useEffect, useRef, useState } from 'react'
import { codeOf, emailProblem, entryErrorText, useAsking } from '../features/accounts/index.ts'
import { FormError, SubmitButton } from '../features/accounts/index.tsx'
import { useStepUp } from '../features/factors/index.tsx'
import { t } from '../kernel/i18n.ts'
import { useClient } from '../kernel/use-client.ts'
import { Button } from '../ui/Button.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { Field } from '../ui/Field.tsx'
import { formText } from '../ui/form-text.ts'

export type EmailDialogProps = {
  mine: OwnEmail
  onSent: (mine: OwnEmail) => void
  onRemoved: (mine: OwnEmail) => void
  onClose: () => void
}

/** An address to be mine, or none any more. */
export function EmailDialog({ mine, onSent, onRemoved, onClose }: EmailDialogProps) {
  const { connection } = useClient()
  const { withStepUp } = useStepUp()
  const form = useRef<HTMLFormElement>(null)
  const { busy, failure, until, run } = useAsking()
  const [wrong, setWrong] = useState<{ text: string }>()
  const has = mine.email !== null || mine.waiting !== null
  useEffect(() => {
    if (wrong) form.current?.querySelector('input')?.focus()
  }, [wrong])
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    const email = formText(event.currentTarget, 'email').trim()
    const problem = email ? emailProblem(email) : t('security.emailMissing')
    setWrong(problem === undefined ? undefined : { text: problem })
    if (problem !== undefined || busy) return
    void run(async () => {
      const after = await withStepUp((stepUp) => connection.ask(setEmail, { stepUp, email }))
      if (after) onSent(after)
    })
  }
  const remove = () =>
    void run(async () => {
      const after = await withStepUp((stepUp) => connection.ask(removeEmail, { stepUp }))
      if (after) onRemoved(after)
    })
  const shape = codeOf(failure) === 'InvalidInput' ? t('auth.emailShape') : undefined
  return (
    <Dialog
      title={t(has ? 'security.emailTitle' : 'security.emailTitleAdd')}
      closeLabel={t('app.close')}
      onClose={onClose}
    >
      <p className="dim">{t('security.emailText')}</p>
      <form className="vst" ref={form} noValidate onSubmit={submit}>
        <FormError id="email-error">
          {failure !== null && !shape ? entryErrorText(failure, until) : undefined}
        </FormError>
        <Field
          label={t('security.emailAddress')}
          name="email"
          type="email"
          inputMode="email"
          autoComplete="email"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={254}
          dir="auto"
          error={wrong?.text ?? shape}
        />
        <SubmitButton busy={busy} until={until}>
          {t('security.emailSend')}
        </SubmitButton>
      </form>
      {has && (
        <Button look="ghost" className="btn--rose" onClick={remove}>
          {t('security.emailRemove')}
        </Button>
      )}
    </Dialog>
  )
}
