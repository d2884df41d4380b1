import type { RoomLine } from '@connectly/protocol'
import { useId } from 'react'
import { t } from '../../kernel/i18n.ts'
import '../../kernel/late-texts.ts'
import { Sheet } from '../../shell/Sheet.tsx'
import { Button } from '../../ui/Button.tsx'
import { Icon, MessageCircle, X } from '../../ui/Icon.tsx'
import { IconButton } from '../../ui/IconButton.tsx'
import { Eraser } from './icons.ts'
import { nameOfLine } from './line.ts'
import { firstName } from './preview.ts'

export type ClearDialogProps = { line: RoomLine; onClear: (line: RoomLine) => void; onClose: () => void }

/** Empties a chat for me alone; it can be undone for a while. */
export function ClearDialog({ line, onClear, onClose }: ClearDialogProps) {
  const id = useId()
  const clear = () => {
    onClose()
    onClear(line)
  }
  return (
    <Sheet labelledBy={id} role="alertdialog" onClose={onClose}>
      <div className="dialog__h">
        <h2 id={id}>{t('groups.clearTitle')}</h2>
        <IconButton icon={X} label={t('app.close')} onClick={onClose} />
      </div>
      <ul className="notes">
        <li>
          <Icon of={Eraser} size={16} />
          <span>
            {line.other ? t('groups.clearLeaves', { name: firstName(nameOfLine(line)) }) : t('groups.clearLeavesGroup')}
          </span>
        </li>
        <li>
          <Icon of={MessageCircle} size={16} />
          <span>{t('groups.clearStays')}</span>
        </li>
      </ul>
      <div className="dialog__f dialog__f--row">
        <Button look="tonal" onClick={onClose}>
          {t('groups.cancel')}
        </Button>
        <Button className="btn--d" onClick={clear}>
          {t('groups.clearAct')}
        </Button>
      </div>
    </Sheet>
  )
}
