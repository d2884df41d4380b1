import { VISIBLE } from '@connectly/protocol'
import { type KeyboardEvent, useEffect, useRef } from 'react'
import { t } from '../../kernel/i18n.ts'
import { SendHorizontal } from '../../ui/Icon.tsx'
import { IconButton } from '../../ui/IconButton.tsx'
import { useSecondsUntil } from '../../ui/useSecondsUntil.ts'
import { VisuallyHidden } from '../../ui/VisuallyHidden.tsx'

export type ComposerProps = {
  draft: string
  onDraft: (draft: string) => void
  /** Called with something that can be seen and that fits. */
  onSend: (text: string) => void
  /** The most UTF-16 units a message may have. */
  maxLength: number
  /** After too much at once: when one may send again, in ms of this device's clock. */
  waitUntil?: number | null
  /** How high it stands from the room's foot, whenever that changes: what the list keeps free. */
  onHeight?: (px: number) => void
}

export function Composer({ draft, onDraft, onSend, maxLength, waitUntil = null, onHeight }: ComposerProps) {
  const bar = useRef<HTMLElement>(null)
  const input = useRef<HTMLTextAreaElement>(null)
  const seconds = useSecondsUntil(waitUntil)
  const left = maxLength - draft.length
  const canSend = seconds === 0 && left >= 0 && VISIBLE.test(draft)
  const send = () => {
    if (canSend) onSend(draft)
    input.current?.focus()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey || event.altKey || event.nativeEvent.isComposing) return
    event.preventDefault()
    send()
  }

  useEffect(() => grow(input.current), [draft])
  useEffect(() => watchHeight(bar.current, onHeight), [onHeight])

  return (
    <footer className="comp" ref={bar}>
      <div className="comp__glass glass">
        {left < 500 && <Left count={left} />}
        <div className="comp__bar">
          <div className="comp__in">
            <textarea
              ref={input}
              rows={1}
              dir={draft ? 'auto' : undefined}
              aria-label={t('room.message')}
              placeholder={seconds > 0 ? t('room.breath') : t('room.message')}
              aria-invalid={left < 0 || undefined}
              enterKeyHint="send"
              value={draft}
              onChange={(event) => onDraft(event.target.value)}
              onKeyDown={onKeyDown}
            />
          </div>
          {seconds > 0 ? (
            <Wait seconds={seconds} />
          ) : (
            canSend && (
              <IconButton icon={SendHorizontal} directional look="primary" label={t('room.send')} onClick={send} />
            )
          )}
        </div>
      </div>
    </footer>
  )
}

function Wait({ seconds }: { seconds: number }) {
  return (
    <button
      type="button"
      className="ib comp__wait num"
      aria-disabled="true"
      aria-label={t('room.sendIn', { count: seconds })}
    >
      {seconds}
    </button>
  )
}

/** Says how much still fits once that is little, and how much is too much. */
function Left({ count }: { count: number }) {
  const text = count < 0 ? t('room.charactersOver', { count: -count }) : t('room.charactersLeft', { count })
  return (
    <p className={count < 0 ? 'comp__left comp__left--over' : 'comp__left'}>
      <span aria-hidden="true">{text}</span>
      {(count < 0 || count % 100 === 0) && (
        <output>
          <VisuallyHidden>{text}</VisuallyHidden>
        </output>
      )}
    </p>
  )
}

/** Where CSS can't size a text by its content, its height is set by hand. */
function grow(input: HTMLTextAreaElement | null): void {
  if (!input || CSS.supports('field-sizing', 'content')) return
  input.style.blockSize = 'auto'
  input.style.blockSize = `${input.scrollHeight}px`
}

function watchHeight(bar: HTMLElement | null, onHeight: ComposerProps['onHeight']): (() => void) | undefined {
  if (!bar || !onHeight) return
  const observer = new ResizeObserver(() => onHeight(Math.round(bar.offsetHeight) + 26))
  observer.observe(bar)
  return () => observer.disconnect()
}
