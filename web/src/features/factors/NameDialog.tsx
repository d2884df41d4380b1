import '../../kernel/auth-texts.ts'
import { MAX_NAME_LENGTH } from '@connectly/protocol'
import { type SubmitEvent, useEffect, useRef, useState } from 'react'
import { t } from '../../kernel/i18n.ts'
import { Dialog } from '../../ui/Dialog.tsx'
import { Field } from '../../ui/Field.tsx'
import { formText } from '../../ui/form-text.ts'
import { FormError, SubmitButton } from '../accounts/index.tsx'

export type NameDialogProps = {
  title: string
  text?: string
  initial?: string
  action: string
  busy: boolean
  until: number | null
  error?: string | undefined
  onName: (name: string) => void
  onClose: () => void
}

/** What a passkey is to be called. */
export function NameDialog({
  title,
  text,
  initial = '',
  action,
  busy,
  until,
  error,
  onName,
  onClose,
}: NameDialogProps) {
  const form = useRef<HTMLFormElement>(null)
  const [missing, setMissing] = useState<object>()
  useEffect(() => {
    if (missing) form.current?.querySelector('input')?.focus()
  }, [missing])
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    const name = formText(event.currentTarget, 'name').trim()
    setMissing(name ? undefined : {})
    if (name && !busy) onName(name)
  }
  return (
    <Dialog title={title} closeLabel={t('app.close')} onClose={onClose}>
      {text && <p className="dim">{text}</p>}
      <form className="vst" ref={form} noValidate onSubmit={submit}>
        <FormError id="name-error">{error}</FormError>
        <Field
          label={t('security.passkeyName')}
          name="name"
          autoComplete="off"
          dir="auto"
          maxLength={MAX_NAME_LENGTH}
          defaultValue={initial}
          error={missing ? t('security.passkeyNameMissing') : undefined}
          hint={t('security.passkeyNameHint')}
          describedBy={error ? 'name-error' : undefined}
        />
        <SubmitButton busy={busy} until={until}>
          {action}
        </SubmitButton>
      </form>
    </Dialog>
  )
}
