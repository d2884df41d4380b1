import { type ReactNode, useLayoutEffect, useRef } from 'react'
import { classes } from '../ui/classes.ts'

export type SheetProps = {
  /** What it is, for a reader; or, with `labelledBy`, the id of the title in it. */
  label?: string
  labelledBy?: string
  /** `alertdialog` where it asks before something is lost. */
  role?: 'dialog' | 'alertdialog'
  className?: string
  onClose: () => void
  children: ReactNode
}

/**
 * A dialog that draws its own head: open as long as it is mounted. Esc and the scrim close it; focus begins at what is
 * first in it, and goes back where it came from.
 */
export function Sheet({ label, labelledBy, role, className, onClose, children }: SheetProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  // Before it leaves the page: a dialog that is gone gives no focus back.
  useLayoutEffect(() => {
    const element = dialog.current
    element?.showModal()
    return () => element?.close()
  }, [])
  return (
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-noninteractive-element-interactions -- Esc is the dialog's own
    <dialog
      ref={dialog}
      className={classes('dialog', className)}
      role={role}
      aria-label={label}
      aria-labelledby={labelledBy}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      onClick={(event) => event.target === event.currentTarget && onClose()}
    >
      {children}
    </dialog>
  )
}
