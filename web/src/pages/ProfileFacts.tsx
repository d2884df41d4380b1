import { changeUsername, editProfile, ownAccount, type Person, profileOf } from '@connectly/protocol'
import { useMemo, useState } from 'react'
import { AtSign, CalendarDays, Globe } from 'lucide-react'
import { day, moment, t } from '../kernel/i18n.ts'
import { useClient } from '../kernel/use-client.ts'
import { Card } from '../shell/Page.tsx'
import { InfoRow, SelectRow, Tile } from '../shell/rows.tsx'
import { useToast } from '../shell/Toaster.tsx'
import { Button } from '../ui/Button.tsx'
import { useAct } from './use-act.ts'
import { useAnswer } from './use-answer.ts'
import { UsernameDialog } from './UsernameDialog.tsx'

/** What of my page is not written freely: the username, the time zone, and since when I am here. */
export function ProfileFacts({ me }: { me: Person }) {
  return (
    <Card title={t('people.account')}>
      <ul>
        <UsernameRow me={me} />
        {me.kind === 'person' && <ZoneRow me={me} />}
        <InfoRow lead={<Tile icon={CalendarDays} />} title={t('people.joined')} text={day(me.createdAt)} />
      </ul>
    </Card>
  )
}

function UsernameRow({ me }: { me: Person }) {
  const { connection } = useClient()
  const say = useToast()
  const { answered, put } = useAnswer(ownAccount, {})
  const [isOpen, setOpen] = useState(false)
  const [openedAt] = useState(() => Date.now())
  const account = answered.state === 'here' ? answered.answer : null
  const isLater = account !== null && account.renameFrom > openedAt
  return (
    <>
      <InfoRow
        lead={<Tile icon={AtSign} />}
        title={<bdi>@{me.username}</bdi>}
        text={isLater ? t('security.usernameLater', { when: moment(account.renameFrom) }) : t('security.usernameHint')}
        end={
          me.kind === 'person' && (
            <Button
              look="tonal"
              size="small"
              aria-label={t('security.usernameChangeLabel')}
              aria-haspopup="dialog"
              aria-disabled={isLater || account === null || undefined}
              onClick={() => !isLater && account && setOpen(true)}
            >
              {t('security.usernameChange')}
            </Button>
          )
        }
      />
      {isOpen && (
        <UsernameDialog
          username={me.username}
          onClose={() => setOpen(false)}
          rename={(username) => connection.ask(changeUsername, { username })}
          onDone={(username) => {
            setOpen(false)
            say({ text: t('security.usernameDone', { username }) })
            connection.ask(ownAccount, {}).then(put, () => undefined)
          }}
        />
      )}
    </>
  )
}

function ZoneRow({ me }: { me: Person }) {
  const { connection } = useClient()
  const { answered, put } = useAnswer(profileOf, { userId: me.userId })
  const { act } = useAct()
  const zone = answered.state === 'here' ? answered.answer.timeZone : ''
  const zones = useMemo(() => zonesWith(zone), [zone])
  const choose = (timeZone: string) =>
    act('zone', async () => {
      put(await connection.ask(editProfile, { timeZone }))
      return t('people.saved')
    })
  return (
    <li>
      <SelectRow
        icon={Globe}
        label={t('security.timeZone')}
        hint={t('security.timeZoneHint')}
        options={[
          { value: '', label: t('security.timeZoneNone') },
          ...zones.map((value) => ({ value, label: value.replaceAll('_', ' ') })),
        ]}
        value={zone}
        onChange={choose}
      />
    </li>
  )
}

/** Those this browser knows, this device's own first, and the one that is chosen. */
function zonesWith(chosen: string): readonly string[] {
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone
  return [...new Set([own, chosen, ...Intl.supportedValuesOf('timeZone')])].filter(Boolean)
}
