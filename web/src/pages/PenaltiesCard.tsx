import { liftPenalty, type Penalty, type Person, type UserId } from '@connectly/protocol'
import { Ban } from 'lucide-react'
import { useMemo } from 'react'
import { usePeople } from '../features/accounts/index.ts'
import { useStepUp } from '../features/factors/index.tsx'
import { moment, t } from '../kernel/i18n.ts'
import { useClient } from '../kernel/use-client.ts'
import { Card, CardBody } from '../shell/Page.tsx'
import { InfoRow, Tile } from '../shell/rows.tsx'
import { Button } from '../ui/Button.tsx'
import { useAct } from './use-act.ts'

const nobody: readonly Person[] = []
const kinds = {
  warn: 'security.penaltyWarn',
  slow: 'security.penaltySlow',
  mute: 'security.penaltyMute',
  ban: 'security.penaltyBan',
} as const

/** Penalties that hold, and the way to lift them. */
export function PenaltiesCard({ penalties, onChanged }: { penalties: readonly Penalty[]; onChanged: () => void }) {
  const { connection } = useClient()
  const { withStepUp } = useStepUp()
  const { doing, act } = useAct()
  const userIds = useMemo(() => penalties.map(({ userId }) => userId).filter(isSomebody), [penalties])
  const people = usePeople(userIds, nobody)
  const lift = ({ subject }: Penalty) =>
    act(subject, async () => {
      const done = await withStepUp((stepUp) => connection.ask(liftPenalty, { stepUp, subject }))
      if (!done) return undefined
      onChanged()
      return t('security.penaltyLifted')
    })
  return (
    <Card title={t('security.penalties')}>
      {penalties.length > 0 ? (
        <ul>
          {penalties.map((penalty) => {
            const { subject, userId, kind, reason, until } = penalty
            const name = (userId && people.get(userId)?.name) ?? t('security.penaltyAddress')
            return (
              <InfoRow
                key={subject}
                lead={<Tile icon={Ban} />}
                title={
                  <>
                    <bdi>{name}</bdi>
                    <span className="tag">{t(kinds[kind])}</span>
                  </>
                }
                text={t('security.penaltyUntil', { reason, until: moment(until) })}
                end={
                  <Button
                    look="outline"
                    size="small"
                    busy={doing === subject}
                    aria-label={t('security.penaltyLiftNamed', { name })}
                    onClick={() => lift(penalty)}
                  >
                    {t('security.penaltyLift')}
                  </Button>
                }
              />
            )
          })}
        </ul>
      ) : (
        <CardBody>
          <p className="dim small">{t('security.penaltiesNone')}</p>
        </CardBody>
      )}
    </Card>
  )
}

const isSomebody = (userId: UserId | null): userId is UserId => userId !== null
