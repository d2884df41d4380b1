import '../../theme/auth.css'
import type { ReactNode } from 'react'
import '../../kernel/auth-texts.ts'
import { t } from '../../kernel/i18n.ts'
import { Mark } from '../../ui/Mark.tsx'
import { AuthArt } from './AuthArt.tsx'

export type AuthFrameProps = { children: ReactNode }

/** What stands around the forms for coming in: the picture beside them on wide screens, the name above them. */
export function AuthFrame({ children }: AuthFrameProps) {
  return (
    <main className="auth">
      <AuthArt />
      <section className="auth__form">
        <div className="auth__brand">
          <Mark />
          {t('app.name')}
        </div>
        <div className="auth__box">{children}</div>
        <div className="auth__foot">
          <a href="/privacy">{t('auth.footPrivacy')}</a>
          <a href="/terms">{t('auth.footTerms')}</a>
        </div>
      </section>
    </main>
  )
}
