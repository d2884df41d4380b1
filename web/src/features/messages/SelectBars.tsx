import '../../kernel/late-texts.ts'
import '../../theme/acts.css'
import { t } from '../../kernel/i18n.ts'
import { Button } from '../../ui/Button.tsx'
import { Icon, X } from '../../ui/Icon.tsx'
import { IconButton } from '../../ui/IconButton.tsx'
import { Copy, Trash2 } from './late-icons.ts'
import type { MessageItem } from './layout.ts'
import { isText } from './plain-text.ts'

/** In the header's place while messages are being chosen: how many. */
export function SelectHead({ count, onStop, onAll }: { count: number; onStop: () => void; onAll: () => void }) {
  return (
    <header className="head glass selhead">
      <IconButton icon={X} label={t('acts.stopSelecting')} onClick={onStop} />
      <h1 className="grow">
        <output>{t('acts.selected', { count })}</output>
      </h1>
      <Button look="ghost" onClick={onAll}>
        {t('acts.selectAll')}
      </Button>
    </header>
  )
}

export type SelectBarProps = { items: readonly MessageItem[]; onCopy: () => void; onDelete: () => void }

/** In the composer's place: what can be done with all of them. */
export function SelectBar({ items, onCopy, onDelete }: SelectBarProps) {
  const canCopy = items.some(({ message }) => isText(message.body))
  const isNone = items.length === 0
  return (
    <footer className="comp">
      <div className="selbar glass" role="toolbar" aria-label={t('acts.selectedMessages')}>
        <button type="button" aria-disabled={!canCopy} onClick={() => canCopy && onCopy()}>
          <Icon of={Copy} />
          {t('acts.copy')}
        </button>
        <button type="button" className="dng" aria-disabled={isNone} onClick={() => !isNone && onDelete()}>
          <Icon of={Trash2} />
          {t('room.delete')}
        </button>
      </div>
    </footer>
  )
}
