import { type SubmitEvent, useState } from 'react'
import { t } from '../../kernel/i18n.ts'
import { SubmitButton } from '../accounts/index.tsx'
import { DigitBoxes } from './DigitBoxes.tsx'

export type CodeFormProps = {
  label?: string
  busy: boolean
  until: number | null
  /** What the last code came to. */
  say: { text: string } | undefined
  onCode: (digits: string) => void
}

/** Six digits in a dialog. The sixth sends them; a reader hears that they are being looked at. */
export function CodeForm({ label = t('entry.code'), busy, until, say, onCode }: CodeFormProps) {
  const [code, setCode] = useState('')
  const [isShort, setShort] = useState(false)
  const [told, setTold] = useState(say)
  // What was wrong makes room for the next one.
  if (say !== told) {
    setTold(say)
    if (say) setCode('')
  }
  const send = (digits: string) => {
    setShort(digits.length < 6)
    if (digits.length === 6 && !busy) onCode(digits)
  }
  const type = (digits: string) => {
    setCode(digits)
    setShort(false)
    if (digits.length === 6 && code.length < 6) send(digits)
  }
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    send(code)
  }
  return (
    <form className="vst" noValidate onSubmit={submit}>
      <DigitBoxes
        label={label}
        value={code}
        error={isShort ? t('entry.codeShort') : code === '' ? say?.text : undefined}
        onChange={type}
      />
      <SubmitButton busy={busy} until={until}>
        {t('security.confirm')}
      </SubmitButton>
      <output className="sr">{busy && t('entry.checking')}</output>
    </form>
  )
}
