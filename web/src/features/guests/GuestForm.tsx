import '../../theme/note.css'
import { type SubmitEvent, useEffect, useId, useRef, useState } from 'react'
import { Info, UserRound } from 'lucide-react'
import { MAX_NAME_LENGTH } from '@connectly/protocol'
import { t } from '../../kernel/i18n.ts'
import { Field } from '../../ui/Field.tsx'
import { formText } from '../../ui/form-text.ts'
import { Icon } from '../../ui/Icon.tsx'
import { FormError, StepHead, SubmitButton } from '../accounts/index.tsx'
import type { HumanCheck } from '../registration/index.ts'
import { HumanCheckBox, TermsLine } from '../registration/index.tsx'

export type GuestFormProps = {
  busy: boolean
  error?: string | undefined
  fieldError?: string | undefined
  until: number | null
  check: HumanCheck
  onSubmit: (name: string) => void
}

/** Nothing but a name, and in. */
export function GuestForm({ busy, error, fieldError, until, check, onSubmit }: GuestFormProps) {
  const form = useRef<HTMLFormElement>(null)
  const errorId = useId()
  const [name, setName] = useState('')
  const [missing, setMissing] = useState<string>()
  const shown = missing ?? fieldError
  useEffect(() => form.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus(), [shown])
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    const typed = formText(event.currentTarget, 'name').trim()
    setMissing(typed ? undefined : t('entry.guestNameMissing'))
    if (typed && !busy) onSubmit(typed)
  }
  return (
    <>
      <StepHead icon={UserRound} title={t('entry.guestTitle')} sub={t('entry.guestSub')} />
      <form ref={form} noValidate onSubmit={submit} onInput={check.begin}>
        <FormError id={errorId}>{error}</FormError>
        <Field
          label={t('entry.guestName')}
          name="name"
          autoComplete="nickname"
          maxLength={MAX_NAME_LENGTH}
          dir="auto"
          value={name}
          onChange={(event) => {
            setName(event.target.value)
            setMissing(undefined)
          }}
          error={shown}
          hint={name.trim() ? t('entry.guestHintName', { name: name.trim() }) : t('entry.guestHint')}
          describedBy={error ? errorId : undefined}
        />
        {check.kind !== 'work' && <HumanCheckBox check={check} />}
        <TermsLine before={t('entry.guestAccept')} />
        <SubmitButton busy={busy} until={until}>
          {t('entry.guestCome')}
        </SubmitButton>
        {/* It comes and goes by itself: above the button, it would push it from under a finger. */}
        {check.kind === 'work' && <HumanCheckBox check={check} />}
      </form>
      <div className="note">
        <Icon of={Info} size={16} />
        <span>{t('entry.guestNote')}</span>
      </div>
    </>
  )
}
