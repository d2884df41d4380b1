import '../../kernel/entry-texts.ts'
import { Link } from '../../kernel/router.ts'
import { t } from '../../kernel/i18n.ts'
import { Card, CardBody } from '../../shell/Page.tsx'
import { buttonClass } from '../../ui/Button.tsx'

/** For a guest, in their settings: what being one means, and the way to stay. */
export function GuestNote({ stayPath }: { stayPath: string }) {
  return (
    <Card title={t('entry.stayCard')}>
      <CardBody>
        <p className="dim">{t('entry.stayCardText')}</p>
        <Link className={buttonClass('primary')} to={stayPath}>
          {t('entry.stayTitle')}
        </Link>
      </CardBody>
    </Card>
  )
}
