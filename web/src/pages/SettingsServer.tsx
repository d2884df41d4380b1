import '../theme/note.css'
import '../theme/entry.css'
import { listAdministrators, listInvitations, listPenalties, ownAccount, readAudit } from '@connectly/protocol'
import { type OutputOf } from '@connectly/protocol'
import { useCallback, useEffect, useState } from 'react'
import { ShieldAlert } from 'lucide-react'
import { entryErrorText, useAsking } from '../features/accounts/index.ts'
import { FormError } from '../features/accounts/index.tsx'
import { useStepUp } from '../features/factors/index.tsx'
import { t } from '../kernel/i18n.ts'
import { Link } from '../kernel/router.ts'
import { useClient } from '../kernel/use-client.ts'
import { Card, CardBody, Page } from '../shell/Page.tsx'
import { Button, buttonClass } from '../ui/Button.tsx'
import { Icon } from '../ui/Icon.tsx'
import { AdministratorsCard } from './AdministratorsCard.tsx'
import { AuditCard } from './AuditCard.tsx'
import { InvitationsCard } from './InvitationsCard.tsx'
import { settingsPath } from './paths.ts'
import { PenaltiesCard } from './PenaltiesCard.tsx'
import type { SettingsPageProps } from './SettingsPage.tsx'
import { useAnswer } from './use-answer.ts'
import { Waiting } from './Waiting.tsx'

type Seen = {
  invitations: OutputOf<typeof listInvitations>
  admins: OutputOf<typeof listAdministrators>
  penalties: OutputOf<typeof listPenalties>
  audit: OutputOf<typeof readAudit>
}

/** What whoever runs the server sees of it. */
export function SettingsServer(place: SettingsPageProps) {
  const account = useAnswer(ownAccount, {})
  return (
    <Page title={t('security.navServer')} sub={t('security.serverSub')} {...place}>
      <Waiting asking={account}>{(mine) => (mine.hasSecondStep ? <Behind /> : <NoSecondStep />)}</Waiting>
    </Page>
  )
}

function NoSecondStep() {
  return (
    <Card title={t('security.serverNoStep')}>
      <CardBody>
        <div className="note">
          <Icon of={ShieldAlert} size={16} />
          <span>{t('security.serverNoStepText')}</span>
        </div>
        <div className="acts">
          <Link className={buttonClass('primary', 'small')} to={settingsPath('security')}>
            {t('security.serverGoSecurity')}
          </Link>
        </div>
      </CardBody>
    </Card>
  )
}

/** All of it is asked for with a step-up; it is asked for at once, and again where that was called off. */
function Behind() {
  const { connection } = useClient()
  const { withStepUp } = useStepUp()
  const { failure, until, run } = useAsking()
  const [seen, setSeen] = useState<Seen | null>(null)
  const look = useCallback(
    () =>
      void run(async () => {
        const answer = await withStepUp(async (stepUp) => {
          const [invitations, admins, penalties, audit] = await Promise.all([
            connection.ask(listInvitations, { stepUp }),
            connection.ask(listAdministrators, { stepUp }),
            connection.ask(listPenalties, { stepUp }),
            connection.ask(readAudit, { stepUp }),
          ])
          return { invitations, admins, penalties, audit }
        })
        if (answer) setSeen(answer)
      }),
    [connection, withStepUp, run],
  )
  useEffect(look, [look])
  if (!seen) {
    return (
      <Card title={t('security.stepUpTitle')}>
        <CardBody>
          <FormError id="server-error">{failure === null ? undefined : entryErrorText(failure, until)}</FormError>
          <p className="dim small">{t('security.serverShow')}</p>
          <div className="acts">
            <Button look="primary" size="small" onClick={look}>
              {t('security.serverOpen')}
            </Button>
          </div>
        </CardBody>
      </Card>
    )
  }
  return (
    <>
      <InvitationsCard invitations={seen.invitations} onChanged={look} />
      <AdministratorsCard admins={seen.admins} onAdmins={(admins) => setSeen({ ...seen, admins })} />
      <PenaltiesCard penalties={seen.penalties} onChanged={look} />
      <AuditCard lines={seen.audit} />
    </>
  )
}
