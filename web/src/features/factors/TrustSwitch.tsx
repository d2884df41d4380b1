import '../../theme/settings-controls.css'
import { t } from '../../kernel/i18n.ts'

/** This browser is spared the second step for a month. */
export function TrustSwitch({ isOn, onChange }: { isOn: boolean; onChange: (isOn: boolean) => void }) {
  return (
    <label className="trust">
      <input
        className="sw"
        type="checkbox"
        role="switch"
        aria-checked={isOn}
        checked={isOn}
        onChange={(event) => onChange(event.target.checked)}
      />
      <span>{t('entry.trust')}</span>
    </label>
  )
}
