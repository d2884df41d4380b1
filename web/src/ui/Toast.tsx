import { useEffect, useState } from 'react'
import { Button } from './Button.tsx'
import { X } from './Icon.tsx'
import { IconButton } from './IconButton.tsx'

export type ToastMessage = {
  id: string
  text: string
  /** An error stays until it is closed. */
  kind?: 'note' | 'error'
  action?: { label: string; onClick: () => void }
}
export type ToastProps = { toast: ToastMessage | null; closeLabel: string; onClose: () => void }

/** One at a time: 5 s, 8 s with an action, resting while pointed at or focused. */
export function Toast({ toast, closeLabel, onClose }: ToastProps) {
  const [isHeld, setHeld] = useState(false)
  useEffect(() => {
    if (!toast || toast.kind === 'error' || isHeld) return
    const timer = setTimeout(onClose, toast.action ? 8000 : 5000)
    return () => clearTimeout(timer)
  }, [toast, isHeld, onClose])
  const hold = { onPointerEnter: () => setHeld(true), onPointerLeave: () => setHeld(false) }
  return (
    <div className="toasts" role={toast?.kind === 'error' ? 'alert' : 'status'}>
      {toast && (
        <div
          key={toast.id}
          className="toast glass glass--strong"
          onFocus={() => setHeld(true)}
          onBlur={() => setHeld(false)}
          {...hold}
        >
          <span>{toast.text}</span>
          {toast.action && (
            <Button look="ghost" size="small" onClick={toast.action.onClick}>
              {toast.action.label}
            </Button>
          )}
          <IconButton icon={X} iconSize={16} label={closeLabel} onClick={onClose} />
        </div>
      )}
    </div>
  )
}
