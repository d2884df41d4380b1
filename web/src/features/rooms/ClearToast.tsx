import '../../theme/chat-acts.css'
import type { RoomLine } from '@connectly/protocol'
import { useEffect, useState } from 'react'
import { t } from '../../kernel/i18n.ts'
import '../../kernel/late-texts.ts'
import { Button } from '../../ui/Button.tsx'
import { nameOfLine } from './line.ts'

/** How long it can be undone, in seconds. */
const SECONDS = 8

export type ClearToastProps = { line: RoomLine; onUndo: () => void; onOver: () => void }

/** Says that a chat was cleared, and lets one take it back: for eight seconds, resting while pointed at or focused. */
export function ClearToast({ line, onUndo, onOver }: ClearToastProps) {
  const [left, setLeft] = useState(SECONDS)
  const [isHeld, setHeld] = useState(false)
  const isOver = left <= 0
  useEffect(() => {
    if (isHeld || isOver) return
    const timer = setTimeout(() => setLeft(left - 1), 1000)
    return () => clearTimeout(timer)
  }, [left, isHeld, isOver])
  useEffect(() => {
    if (isOver) onOver()
  }, [isOver, onOver])
  const name = nameOfLine(line)
  return (
    <output className="toasts toasts--undo">
      <span
        className="toast glass glass--strong"
        onPointerEnter={() => setHeld(true)}
        onPointerLeave={() => setHeld(false)}
        onFocus={() => setHeld(true)}
        onBlur={() => setHeld(false)}
      >
        <span className="toast__c" aria-hidden="true">
          <svg viewBox="0 0 32 32" focusable="false">
            <circle cx="16" cy="16" r="14" />
            <circle cx="16" cy="16" r="14" pathLength="100" strokeDashoffset={100 - (left / SECONDS) * 100} />
          </svg>
          {left}
        </span>
        <span>{t(line.other ? 'groups.cleared' : 'groups.clearedGroup', { name })}</span>
        <Button look="ghost" onClick={onUndo}>
          {t('groups.undo')}
        </Button>
      </span>
    </output>
  )
}
