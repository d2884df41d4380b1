import { type EntryRules, goToLink, linkedAccounts, unlinkProvider } from '@connectly/protocol'
import { useState } from 'react'
import { Link2 } from 'lucide-react'
import { useStepUp } from '../features/factors/index.tsx'
import { leave } from '../features/providers/index.ts'
import { useRules } from '../features/registration/index.ts'
import { askByHttp } from '../kernel/http.ts'
import { day, t } from '../kernel/i18n.ts'
import { useClient } from '../kernel/use-client.ts'
import { ConfirmDialog } from '../shell/ConfirmDialog.tsx'
import { Card } from '../shell/Page.tsx'
import { InfoRow, Tile } from '../shell/rows.tsx'
import { Button } from '../ui/Button.tsx'
import { settingsPath } from './paths.ts'
import { useAct } from './use-act.ts'
import { useAnswer } from './use-answer.ts'

type Service = EntryRules['providers'][number]

/** Accounts of other services that sign me in here; nothing where this server knows none. */
export function LinkedServices() {
  const { connection } = useClient()
  const { withStepUp } = useStepUp()
  const { rules } = useRules()
  const { answered, put } = useAnswer(linkedAccounts, {})
  const { doing, act } = useAct()
  const [leaving, setLeaving] = useState<Service | null>(null)
  if (answered.state !== 'here') return null
  const linked = answered.answer
  // A link to a service that is no longer offered can still be taken away.
  const left = linked.filter((link) => !rules?.providers.some(({ provider }) => provider === link.provider))
  const services = [...(rules?.providers ?? []), ...left]
  if (services.length === 0) return null

  const link = ({ provider, name }: Service) =>
    act(provider, async () => {
      const journey = await withStepUp((stepUp) => askByHttp(goToLink, { stepUp, provider }))
      if (journey) leave(journey.url, { ticket: journey.ticket, purpose: 'link', name, next: settingsPath('security') })
      return undefined
    })
  const unlink = ({ provider, name }: Service) =>
    act(provider, async () => {
      const after = await withStepUp((stepUp) => connection.ask(unlinkProvider, { stepUp, provider }))
      if (!after) return undefined
      put(after)
      return t('security.unlinked', { name })
    })
  return (
    <Card title={t('security.services')} note={t('security.servicesNote')}>
      <ul>
        {services.map((service) => {
          const { provider, name } = service
          const mine = linked.find((each) => each.provider === provider)
          return (
            <InfoRow
              key={provider}
              lead={<Tile icon={Link2} />}
              title={name}
              text={
                mine
                  ? t('security.serviceLinked', { account: mine.account, day: day(mine.linkedAt) })
                  : t('security.serviceNone')
              }
              end={
                <Button
                  look={mine ? 'outline' : 'tonal'}
                  size="small"
                  busy={doing === provider}
                  aria-label={t(mine ? 'security.unlinkNamed' : 'security.linkNamed', { name })}
                  onClick={() => (mine ? setLeaving(service) : link(service))}
                >
                  {t(mine ? 'security.unlink' : 'security.link')}
                </Button>
              }
            />
          )
        })}
      </ul>
      {leaving && (
        <ConfirmDialog
          title={t('security.unlinkTitle', { name: leaving.name })}
          action={t('security.unlink')}
          cancel={t('security.cancel')}
          onClose={() => setLeaving(null)}
          onConfirm={() => unlink(leaving)}
        >
          {t('security.unlinkText')}
        </ConfirmDialog>
      )}
    </Card>
  )
}
