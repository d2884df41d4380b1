import { Ban, Users } from 'lucide-react'
import { useId } from 'react'
import type { Person } from '@connectly/protocol'
import { t } from '../../kernel/i18n.ts'
import { Sheet } from '../../shell/Sheet.tsx'
import { Avatar } from '../../ui/Avatar.tsx'
import { Banner } from '../../ui/Banner.tsx'
import { Button } from '../../ui/Button.tsx'
import { EyeOff, Icon } from '../../ui/Icon.tsx'

export type BlockDialogProps = {
  person: Person
  busy: boolean
  error?: string | undefined
  onBlock: () => void
  onClose: () => void
}

/** Asks before somebody is blocked, and says what they will and won't notice. */
export function BlockDialog({ person, busy, error, onBlock, onClose }: BlockDialogProps) {
  const id = useId()
  const name = person.name.split(/\s/)[0] ?? person.name
  return (
    <Sheet role="alertdialog" labelledBy={id} className="dialog--cc" onClose={onClose}>
      <span className="dlg__av">
        <Avatar id={person.userId} name={person.name} size={112} className="av--72" />
        <span className="dlg__b">
          <Icon of={Ban} size={16} />
        </span>
      </span>
      <div className="dialog__t">
        <h2 id={id}>{t('people.blockTitle', { name: person.name })}</h2>
      </div>
      {error && <Banner look="error">{error}</Banner>}
      <ul className="notes">
        <li>
          <Icon of={Ban} size={16} />
          <span>{t('people.blockWrite', { name })}</span>
        </li>
        <li>
          <Icon of={Users} size={16} />
          <span>{t('people.blockGroups')}</span>
        </li>
        <li>
          <Icon of={EyeOff} size={16} className="i--no" />
          <span className="dim">{t('people.blockUntold', { name })}</span>
        </li>
      </ul>
      <div className="dialog__f dialog__f--row">
        <Button look="tonal" onClick={onClose}>
          {t('people.cancel')}
        </Button>
        <Button className="btn--d" busy={busy} onClick={onBlock}>
          {t('people.block')}
        </Button>
      </div>
    </Sheet>
  )
}
