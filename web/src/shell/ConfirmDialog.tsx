import type { ReactNode } from 'react'
import { t } from '../kernel/i18n.ts'
import { Button } from '../ui/Button.tsx'
import { Dialog } from '../ui/Dialog.tsx'

export type ConfirmDialogProps = {
  title: string
  children: ReactNode
  /** What the button does, in a word or two. */
  action: string
  cancel: string
  onClose: () => void
  onConfirm: () => void
}

/** One question about something that is lost: the safe answer first. */
export function ConfirmDialog({ title, children, action, cancel, onClose, onConfirm }: ConfirmDialogProps) {
  return (
    <Dialog title={title} closeLabel={t('app.close')} onClose={onClose}>
      <p>{children}</p>
      <div className="dialog__f dialog__f--row">
        <Button look="tonal" onClick={onClose}>
          {cancel}
        </Button>
        <Button
          className="btn--d"
          onClick={() => {
            onClose()
            onConfirm()
          }}
        >
          {action}
        </Button>
      </div>
    </Dialog>
  )
}
