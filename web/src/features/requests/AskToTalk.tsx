import { type ReactNode, type SubmitEvent, useState } from 'react'
import type { Person } from '@connectly/protocol'
import { t } from '../../kernel/i18n.ts'
import { Banner } from '../../ui/Banner.tsx'
import { Button } from '../../ui/Button.tsx'
import { Dialog } from '../../ui/Dialog.tsx'
import { TextArea } from '../../ui/TextArea.tsx'
import { useSecondsUntil } from '../../ui/useSecondsUntil.ts'
import { PersonCard } from './PersonCard.tsx'

export type AskToTalkProps = {
  person: Person
  busy: boolean
  error?: string | undefined
  /** What may be done about the error. */
  errorEnd?: ReactNode
  /** From when on it may be tried again, in ms of this device's clock. */
  retryAt?: number | null | undefined
  maxLength: number
  onSend: (text: string) => void
  onClose: () => void
}

/** Asks somebody to talk, with a first message. */
export function AskToTalk({ person, busy, error, errorEnd, retryAt, maxLength, onSend, onClose }: AskToTalkProps) {
  const [text, setText] = useState('')
  const [isMissing, setMissing] = useState(false)
  const seconds = useSecondsUntil(retryAt ?? null)
  const isWaiting = seconds > 0
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    setMissing(!text.trim())
    if (text.trim() && !busy && !isWaiting) onSend(text)
  }
  return (
    <Dialog title={t('chats.askToTalk')} closeLabel={t('app.close')} onClose={onClose}>
      <PersonCard person={person} />
      <form className="grid gap-4" noValidate onSubmit={submit}>
        {error && (
          <Banner look="error" end={errorEnd}>
            {error}
          </Banner>
        )}
        <TextArea
          label={t('room.message')}
          name="text"
          dir="auto"
          maxLength={maxLength}
          value={text}
          onChange={(event) => setText(event.target.value)}
          error={isMissing && !text.trim() ? t('requests.textMissing') : undefined}
        />
        <p className="hint">{t('requests.askText')}</p>
        <Button type="submit" look="primary" size="wide" busy={busy} aria-disabled={isWaiting || undefined}>
          {isWaiting ? t('requests.sendIn', { count: seconds }) : t('requests.sendRequest')}
        </Button>
      </form>
    </Dialog>
  )
}
