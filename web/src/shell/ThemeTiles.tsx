import { useId } from 'react'
import { t } from '../kernel/i18n.ts'
import { classes } from '../ui/classes.ts'
import type { Theme } from './YouMenu.tsx'
import { themes } from './YouMenu.tsx'

/** The themes as pictures of themselves. */
export function ThemeTiles({ theme, onTheme }: { theme: Theme; onTheme: (theme: Theme) => void }) {
  const name = useId()
  return (
    <fieldset className="ths">
      <legend className="sr">{t('app.theme')}</legend>
      {themes.map((each) => (
        <label key={each.theme} className={classes('th', each.theme === 'system' && 'th--split')}>
          {each.theme === 'system' ? (
            <span className="th__p" aria-hidden="true">
              <span data-theme="light">
                <Picture />
              </span>
              <span data-theme="dark">
                <Picture />
              </span>
            </span>
          ) : (
            <span className="th__p" data-theme={each.theme} aria-hidden="true">
              <Picture />
            </span>
          )}
          <span className="th__n">
            <input
              className="rad"
              type="radio"
              name={name}
              checked={each.theme === theme}
              onChange={() => onTheme(each.theme)}
            />
            {t(each.label)}
          </span>
        </label>
      ))}
    </fieldset>
  )
}

function Picture() {
  return (
    <>
      <i className="th__r" />
      <span className="th__l">
        <i />
        <i />
        <i />
      </span>
      <i className="th__m">
        <i className="a" />
        <i className="b" />
      </i>
    </>
  )
}
