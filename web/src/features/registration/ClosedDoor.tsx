import { Link } from '../../kernel/router.ts'
import { t } from '../../kernel/i18n.ts'
import { buttonClass } from '../../ui/Button.tsx'

/** Where no account can be made: by invitation only, or not at all. */
export function ClosedDoor({ isShut, signInPath }: { isShut: boolean; signInPath: string }) {
  return (
    <>
      <div>
        <h1>{isShut ? t('auth.shutTitle') : t('auth.closedTitle')}</h1>
        <p className="auth__sub">{isShut ? t('auth.shutText') : t('auth.closedText')}</p>
      </div>
      <Link className={buttonClass('tonal', 'wide')} to={signInPath}>
        {t('auth.signIn')}
      </Link>
    </>
  )
}
