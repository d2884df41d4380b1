import type { ReactNode } from 'react'
import { t } from '../../kernel/i18n.ts'
import { Button } from '../../ui/Button.tsx'
import { Spinner } from '../../ui/Spinner.tsx'
import { useSecondsUntil } from '../../ui/useSecondsUntil.ts'

export type SubmitButtonProps = {
  busy: boolean
  /** From when on it can be pressed, in ms; it counts down until then and stays in the tab order. */
  until?: number | null
  /** Something else is still missing. */
  isUnready?: boolean
  children: ReactNode
}

/** The one button that sends a form. */
export function SubmitButton({ busy, until = null, isUnready, children }: SubmitButtonProps) {
  const seconds = useSecondsUntil(until)
  const isWaiting = seconds > 0
  return (
    <Button
      type="submit"
      look={isWaiting || isUnready ? 'tonal' : 'primary'}
      size="wide"
      busy={busy}
      aria-disabled={isWaiting || isUnready || undefined}
      onClick={(event) => isWaiting && event.preventDefault()}
    >
      {busy && <Spinner />}
      {isWaiting ? waitText(seconds) : children}
    </Button>
  )
}

const waitText = (seconds: number): string =>
  seconds > 120 ? t('auth.goOnInMinutes', { count: Math.ceil(seconds / 60) }) : t('auth.goOnIn', { count: seconds })
