import { invite, type Invitation, withdrawInvitation } from '@connectly/protocol'
import { type SubmitEvent, useState } from 'react'
import { Copy, Mail } from 'lucide-react'
import { useStepUp } from '../features/factors/index.tsx'
import { moment, t } from '../kernel/i18n.ts'
import { useClient } from '../kernel/use-client.ts'
import { Card, CardBody } from '../shell/Page.tsx'
import { InfoRow, Tile } from '../shell/rows.tsx'
import { useToast } from '../shell/Toaster.tsx'
import { Button } from '../ui/Button.tsx'
import { Field } from '../ui/Field.tsx'
import { formText } from '../ui/form-text.ts'
import { Icon } from '../ui/Icon.tsx'
import { useAct } from './use-act.ts'

const MAX_NOTE = 200

/** Links that let somebody in: a new one, shown once, and those that are open. */
export function InvitationsCard({
  invitations,
  onChanged,
}: {
  invitations: readonly Invitation[]
  onChanged: () => void
}) {
  const { connection } = useClient()
  const { withStepUp } = useStepUp()
  const { doing, act } = useAct()
  const [url, setUrl] = useState<string | null>(null)
  const make = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = event.currentTarget
    act('make', async () => {
      const made = await withStepUp((stepUp) => connection.ask(invite, { stepUp, note: formText(form, 'note').trim() }))
      if (!made) return undefined
      form.reset()
      setUrl(made.url)
      onChanged()
      return undefined
    })
  }
  const withdraw = ({ invitationId }: Invitation) =>
    act(invitationId, async () => {
      const done = await withStepUp((stepUp) => connection.ask(withdrawInvitation, { stepUp, invitationId }))
      if (!done) return undefined
      onChanged()
      return t('security.invitationWithdrawn')
    })
  return (
    <Card title={t('security.invitations')} note={t('security.invitationsNote')}>
      <form className="card__b" onSubmit={make}>
        <Field
          label={t('security.invitationNote')}
          name="note"
          autoComplete="off"
          dir="auto"
          maxLength={MAX_NOTE}
          className="in--narrow"
        />
        <div className="acts">
          <Button type="submit" look="primary" size="small" busy={doing === 'make'}>
            {t('security.invitationMake')}
          </Button>
        </div>
        {url !== null && <NewLink url={url} />}
      </form>
      {invitations.length > 0 ? (
        <ul className="ruled">
          {invitations.map((each) => {
            const note = each.note || t('security.invitationUnnamed')
            const until = moment(each.expiresAt)
            return (
              <InfoRow
                key={each.invitationId}
                lead={<Tile icon={Mail} />}
                title={<bdi>{note}</bdi>}
                text={
                  each.createdBy
                    ? t('security.invitationOf', { name: each.createdBy.name, until })
                    : t('security.invitationUntil', { until })
                }
                end={
                  <Button
                    look="outline"
                    size="small"
                    busy={doing === each.invitationId}
                    aria-label={t('security.invitationWithdrawNamed', { name: note })}
                    onClick={() => withdraw(each)}
                  >
                    {t('security.invitationWithdraw')}
                  </Button>
                }
              />
            )
          })}
        </ul>
      ) : (
        <CardBody>
          <p className="dim small">{t('security.invitationNone')}</p>
        </CardBody>
      )}
    </Card>
  )
}

function NewLink({ url }: { url: string }) {
  const say = useToast()
  const copy = () =>
    navigator.clipboard.writeText(url).then(
      () => say({ text: t('security.copied') }),
      () => say({ kind: 'error', text: t('security.codesCopyFailed') }),
    )
  return (
    <div className="vst vst--near">
      <Field label={t('security.invitationUrl')} readOnly dir="ltr" value={url} />
      <output className="sr">{t('security.invitationUrl')}</output>
      <div className="acts">
        <Button look="tonal" size="small" onClick={() => void copy()}>
          <Icon of={Copy} size={16} />
          {t('security.copy')}
        </Button>
      </div>
    </div>
  )
}
