import { useId, type ReactNode } from 'react'
import { Sheet } from '../../shell/Sheet.tsx'
import { Button } from '../../ui/Button.tsx'
import { classes } from '../../ui/classes.ts'
import { Icon, type IconProps } from '../../ui/Icon.tsx'

export type AskingProps = {
  title: string
  text: string
  /** Whom or what it is about. */
  face: ReactNode
  /** What happens to it, on the face. */
  icon: IconProps['of']
  /** The safe answer, which comes first. */
  stay: string
  act: string
  busy: boolean
  onAct: () => void
  onClose: () => void
  directional?: true
}

/** One question before something is lost: the safe answer first, the other named by the act. */
export function Asking({ title, text, face, icon, stay, act, busy, onAct, onClose, directional }: AskingProps) {
  const id = useId()
  return (
    <Sheet labelledBy={id} role="alertdialog" className="dialog--cc" onClose={onClose}>
      <span className="dlg__face">
        {face}
        <span className="dlg__b">
          <Icon of={icon} size={16} {...(directional && { directional })} />
        </span>
      </span>
      <div className="dialog__t">
        <h2 id={id}>{title}</h2>
        <p className="dim">{text}</p>
      </div>
      <div className="dialog__f dialog__f--row">
        <Button look="tonal" onClick={onClose}>
          {stay}
        </Button>
        <Button className={classes('btn--d')} busy={busy} onClick={onAct}>
          {act}
        </Button>
      </div>
    </Sheet>
  )
}
