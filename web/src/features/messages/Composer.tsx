import { VISIBLE, type RoomId } from '@connectly/protocol'
import { Suspense, type KeyboardEvent, type ReactNode, type RefObject, useEffect, useRef, useState } from 'react'
import { refusalText, t } from '../../kernel/i18n.ts'
import { usePref } from '../../kernel/prefs.ts'
import { Check, SendHorizontal } from '../../ui/Icon.tsx'
import { IconButton } from '../../ui/IconButton.tsx'
import { useSecondsUntil } from '../../ui/useSecondsUntil.ts'
import { VisuallyHidden } from '../../ui/VisuallyHidden.tsx'
import { afterEdit, mentionAt, withMention, wrapped, type Words } from './mentions.ts'
import { late } from '../../kernel/late.ts'

const MentionMenu = late(async () => (await import('./MentionMenu.tsx')).MentionMenu, true)

export type ComposerProps = {
  roomId: RoomId
  input: RefObject<HTMLTextAreaElement | null>
  words: Words
  onWords: (words: Words) => void
  /** Called with something that can be seen and that fits. */
  onSend: () => void
  /** A new message, or an earlier one said otherwise. */
  purpose: 'send' | 'save'
  /** What is being answered or edited, above the text. Esc leaves it. */
  strip: ReactNode
  onLeaveStrip: (() => void) | null
  /** ↑ while nothing is written. */
  onUp: () => void
  /** Whether people can be meant here: in groups. */
  hasMentions: boolean
  /** The most UTF-16 units a message may have. */
  maxLength: number
  /** After too much at once: when one may send again, in ms of this device's clock. */
  waitUntil?: number | null
  /** How high it stands from the room's foot, whenever that changes: what the list keeps free. */
  onHeight?: (px: number) => void
}

/** Where one writes. */
export function Composer(props: ComposerProps) {
  const { roomId, input, words, onWords, onSend, purpose, strip, onLeaveStrip, onUp, hasMentions, maxLength } = props
  const { waitUntil = null, onHeight } = props
  const bar = useRef<HTMLElement>(null)
  const enterSends = usePref('enterSends')
  const [caret, setCaret] = useState(0)
  const [closedAt, setClosedAt] = useState(-1)
  const chosen = useRef<[number, number] | null>(null)
  const onMenuKey = useRef<(event: KeyboardEvent) => boolean>(null)
  const seconds = useSecondsUntil(waitUntil)
  const left = maxLength - words.text.length
  const canSend = seconds === 0 && left >= 0 && VISIBLE.test(words.text)
  const found = hasMentions ? mentionAt(words, caret) : null
  const wanted = found && found.from !== closedAt ? found : null

  const send = () => {
    if (canSend) onSend()
    input.current?.focus()
  }
  const put = (next: Words, start: number, end = start) => {
    chosen.current = [start, end]
    setCaret(end)
    onWords(next)
  }
  // After the text was changed by something else than typing, the cursor is where that left it.
  useEffect(() => {
    if (!chosen.current) return
    input.current?.setSelectionRange(...chosen.current)
    chosen.current = null
  }, [words, input])

  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.nativeEvent.isComposing) return
    if (wanted && onMenuKey.current?.(event)) return event.preventDefault()
    const mark = markOf(event)
    const { selectionStart, selectionEnd } = event.currentTarget
    if (mark) {
      event.preventDefault()
      const next = wrapped(words, selectionStart, selectionEnd, mark)
      put(next.words, next.start, next.end)
    } else if (event.key === 'Enter' && isSending(event, enterSends)) {
      event.preventDefault()
      send()
    } else if (event.key === 'Escape' && onLeaveStrip) {
      event.preventDefault()
      event.stopPropagation()
      onLeaveStrip()
    } else if (event.key === 'ArrowUp' && words.text === '' && !event.shiftKey) {
      event.preventDefault()
      onUp()
    }
  }

  useEffect(() => grow(input.current), [words.text, input])
  useEffect(() => watchHeight(bar.current, onHeight), [onHeight])

  return (
    <footer className="comp" ref={bar}>
      {wanted && (
        <Suspense>
          <MentionMenu
            roomId={roomId}
            query={wanted.query}
            keys={onMenuKey}
            input={input}
            onPick={(who, name) => {
              const next = withMention(words, wanted.from, caret, who, name)
              put(next, wanted.from + name.length + 2)
              input.current?.focus()
            }}
            onClose={() => setClosedAt(wanted.from)}
          />
        </Suspense>
      )}
      <div className="comp__glass glass">
        {left < 500 && <Left count={left} />}
        {seconds > 0 && <p className="comp__left">{refusalText('TooManyRequests', { retryAfter: seconds })}</p>}
        {strip}
        <div className="comp__bar">
          <div className="comp__in">
            <textarea
              ref={input}
              rows={1}
              dir={words.text ? 'auto' : undefined}
              aria-label={t('room.message')}
              placeholder={seconds > 0 ? t('room.breath') : t('room.message')}
              aria-invalid={left < 0 || undefined}
              aria-autocomplete={hasMentions ? 'list' : undefined}
              enterKeyHint={enterSends ? 'send' : 'enter'}
              value={words.text}
              onChange={({ target }) => {
                setClosedAt(-1)
                setCaret(target.selectionStart)
                onWords(afterEdit(words, target.value, target.selectionStart))
              }}
              onSelect={({ currentTarget }) => setCaret(currentTarget.selectionStart)}
              onKeyDown={onKeyDown}
            />
          </div>
          {seconds > 0 ? (
            <Wait seconds={seconds} />
          ) : (
            canSend && (
              <IconButton
                icon={purpose === 'save' ? Check : SendHorizontal}
                {...(purpose === 'send' && { directional: true })}
                look="primary"
                label={t(purpose === 'save' ? 'room.save' : 'room.send')}
                onClick={send}
              />
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

/** Enter sends, or breaks the line and sends with Ctrl: as the person set it. */
function isSending(event: KeyboardEvent, enterSends: boolean): boolean {
  if (event.altKey || event.shiftKey) return false
  return enterSends || event.ctrlKey || event.metaKey
}

function markOf(event: KeyboardEvent): string | null {
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return null
  const key = event.key.toLowerCase()
  if (event.shiftKey) return key === 'x' ? '~~' : null
  return { b: '**', i: '*' }[key] ?? null
}

/** Where CSS can't size a text by its content, its height is set by hand. */
function grow(input: HTMLTextAreaElement | null): void {
  if (!input || CSS.supports('field-sizing', 'content')) return
  input.style.blockSize = 'auto'
  input.style.blockSize = `${input.scrollHeight}px`
}

function watchHeight(bar: HTMLElement | null, onHeight: ComposerProps['onHeight']): (() => void) | undefined {
  const glass = bar?.querySelector<HTMLElement>('.comp__glass')
  if (!glass || !onHeight) return
  const observer = new ResizeObserver(() => onHeight(Math.round(glass.offsetHeight) + 26))
  observer.observe(glass)
  return () => observer.disconnect()
}
