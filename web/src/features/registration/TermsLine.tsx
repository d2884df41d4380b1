import { t } from '../../kernel/i18n.ts'

/** What one accepts by the button below it, with both papers to read. They open beside the form, which keeps what was typed. */
export function TermsLine({ before = t('auth.acceptBefore') }: { before?: string }) {
  return (
    <p className="auth__terms">
      {before}{' '}
      <a href="/terms" target="_blank" rel="noopener">
        {t('auth.terms')}
      </a>{' '}
      {t('auth.acceptBetween')}{' '}
      <a href="/privacy" target="_blank" rel="noopener">
        {t('auth.privacy')}
      </a>
      .
    </p>
  )
}
