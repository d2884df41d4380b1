import { useId } from 'react'
import { number, t } from '../../kernel/i18n.ts'
import '../../kernel/late-texts.ts'
import { classes } from '../../ui/classes.ts'
import { Button } from '../../ui/Button.tsx'
import { Face, tintClass } from './Face.tsx'

const tints = [0, 1, 2, 3, 4, 5, 6, 7] as const

export type TintPickerProps = {
  id: string
  name: string
  tint: number | null
  onTint: (tint: number | null) => void
  /** Shown, but not to be chosen. */
  isFixed?: boolean
}

/** The picture of a group without one: its initials, on one of eight tints or the one it comes with. */
export function TintPicker({ id, name, tint, onTint, isFixed = false }: TintPickerProps) {
  const group = useId()
  return (
    <div className="tints">
      <Face id={id} name={name} tint={tint} size={96} />
      {!isFixed && (
        <>
          <Button className="btn--o" size="small" aria-pressed={tint === null} onClick={() => onTint(null)}>
            {t('groups.useInitials')}
          </Button>
          <fieldset className="tints__f">
            <legend className="sr">{t('groups.tint')}</legend>
            {tints.map((each) => (
              <label key={each} className={classes('tints__t', tintClass(id, each))}>
                <input
                  className="sr"
                  type="radio"
                  name={group}
                  aria-label={t('groups.tintOf', { count: number(each + 1) })}
                  checked={tint === each}
                  onChange={() => onTint(each)}
                />
              </label>
            ))}
          </fieldset>
        </>
      )}
    </div>
  )
}
