import { type SubmitEvent, useEffect, useId, useRef, useState } from 'react'
import { MailCheck } from 'lucide-react'
import { t } from '../../kernel/i18n.ts'
import { Button } from '../../ui/Button.tsx'
import { Field } from '../../ui/Field.tsx'
import { formText } from '../../ui/form-text.ts'
import { Named, NAME_HERE } from '../../ui/Named.tsx'
import { FormError, StepHead, SubmitButton } from '../accounts/index.tsx'

export type MailCodeFormProps = {
  email: string
  hasMail: boolean | null
  busy: boolean
  /** What is wrong with the digits. */
  wrong?: { text: string } | undefined
  error?: string | undefined
  until: number | null
  onSubmit: (code: string) => void
  onLater: () => void
}

/** The six digits of the mail that confirms an address. Quiet: it can wait. */
export function MailCodeForm({ email, hasMail, busy, wrong, error, until, onSubmit, onLater }: MailCodeFormProps) {
  const form = useRef<HTMLFormElement>(null)
  const errorId = useId()
  const [isShort, setShort] = useState(false)
  const problem = isShort ? t('entry.codeShort') : wrong?.text
  useEffect(() => {
    if (problem) form.current?.querySelector<HTMLInputElement>('[name=code]')?.select()
  }, [problem, wrong])
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    const code = formText(event.currentTarget, 'code').normalize('NFKC').replaceAll(/\D/g, '')
    setShort(code.length !== 6)
    if (code.length === 6 && !busy) onSubmit(code)
  }
  return (
    <>
      <StepHead
        icon={MailCheck}
        title={t('entry.lookInMail')}
        sub={
          <Named
            sentence={t(hasMail === false ? 'entry.codeNoMail' : 'entry.codeSentTo', { email: NAME_HERE })}
            name={email}
          />
        }
        takesFocus
      />
      <form ref={form} noValidate onSubmit={submit}>
        <FormError id={errorId}>{error}</FormError>
        <Field
          label={t('entry.code')}
          name="code"
          className="in--code"
          inputMode="numeric"
          autoComplete="one-time-code"
          spellCheck={false}
          dir="ltr"
          error={problem}
          live
        />
        <SubmitButton busy={busy} until={until}>
          {t('entry.confirm')}
        </SubmitButton>
      </form>
      <Button look="ghost" onClick={onLater}>
        {t('entry.later')}
      </Button>
    </>
  )
}
