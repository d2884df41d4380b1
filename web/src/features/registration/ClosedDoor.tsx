import { Link } from '../../kernel/router.ts'
import { t } from '../../kernel/i18n.ts'
import { buttonClass } from '../../ui/Button.tsx'
import { StepHead } from '../accounts/index.tsx'

/** Where no account can be made: by invitation only, or not at all. */
export function ClosedDoor({ isShut, signInPath }: { isShut: boolean; signInPath: string }) {
  return (
    <>
      <StepHead
        title={isShut ? t('auth.shutTitle') : t('auth.closedTitle')}
        sub={isShut ? t('auth.shutText') : t('auth.closedText')}
      />
      <Link className={buttonClass('tonal', 'wide')} to={signInPath}>
        {t('auth.signIn')}
      </Link>
    </>
  )
}
