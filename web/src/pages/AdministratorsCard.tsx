import { type Administrator, makeAdministrator, type Person, unmakeAdministrator } from '@connectly/protocol'
import { useState } from 'react'
import { useStepUp } from '../features/factors/index.tsx'
import { t } from '../kernel/i18n.ts'
import { useClient } from '../kernel/use-client.ts'
import { ConfirmDialog } from '../shell/ConfirmDialog.tsx'
import { Card, CardBody } from '../shell/Page.tsx'
import { InfoRow } from '../shell/rows.tsx'
import { Avatar } from '../ui/Avatar.tsx'
import { Button } from '../ui/Button.tsx'
import { SearchBox } from '../ui/SearchBox.tsx'
import { usePeopleSearch } from './people-search.ts'
import { useAct } from './use-act.ts'

export type AdministratorsCardProps = {
  admins: readonly Administrator[]
  onAdmins: (admins: Administrator[]) => void
}

/** Who runs the server: more of them, found by name, and fewer. */
export function AdministratorsCard({ admins, onAdmins }: AdministratorsCardProps) {
  const { connection, me } = useClient()
  const { withStepUp } = useStepUp()
  const { doing, act } = useAct()
  const [query, setQuery] = useState('')
  const [leaving, setLeaving] = useState<Person | null>(null)
  const found = usePeopleSearch(query, [])
  const isOne = (person: Person) => admins.some((each) => each.person.userId === person.userId)
  const people =
    found?.state === 'found'
      ? found.people.flatMap(({ person }) => (person.kind === 'person' && !isOne(person) ? [person] : []))
      : []
  const change = (person: Person, method: typeof makeAdministrator | typeof unmakeAdministrator, said: string) =>
    act(person.userId, async () => {
      const after = await withStepUp((stepUp) => connection.ask(method, { stepUp, userId: person.userId }))
      if (!after) return undefined
      onAdmins(after)
      setQuery('')
      return said
    })
  return (
    <Card title={t('security.admins')} note={t('security.adminsNote')}>
      <ul>
        {admins.map(({ person, hasSecondStep }) => (
          <InfoRow
            key={person.userId}
            lead={<Avatar id={person.userId} name={person.name} size={40} />}
            title={
              <>
                <bdi>{person.name}</bdi>
                <bdi className="dim small">@{person.username}</bdi>
                {person.userId === me && <span className="tag">{t('security.adminYou')}</span>}
              </>
            }
            text={t(hasSecondStep ? 'security.adminStep' : 'security.adminNoStep')}
            end={
              person.userId !== me && (
                <Button
                  look="outline"
                  size="small"
                  busy={doing === person.userId}
                  aria-label={t('security.adminUnmakeNamed', { name: person.name })}
                  onClick={() => setLeaving(person)}
                >
                  {t('security.adminUnmake')}
                </Button>
              )
            }
          />
        ))}
      </ul>
      <CardBody>
        <SearchBox label={t('security.adminFind')} clearLabel={t('app.clear')} value={query} onChange={setQuery} />
        <output className="dim small">
          {found?.state === 'found' && people.length === 0 && t('security.adminNobody')}
        </output>
      </CardBody>
      {people.length > 0 && (
        <ul className="ruled">
          {people.map((person) => (
            <InfoRow
              key={person.userId}
              lead={<Avatar id={person.userId} name={person.name} size={40} />}
              title={<bdi>{person.name}</bdi>}
              text={<bdi>@{person.username}</bdi>}
              end={
                <Button
                  look="tonal"
                  size="small"
                  busy={doing === person.userId}
                  aria-label={t('security.adminMakeNamed', { name: person.name })}
                  onClick={() => change(person, makeAdministrator, t('security.adminMade', { name: person.name }))}
                >
                  {t('security.adminMake')}
                </Button>
              }
            />
          ))}
        </ul>
      )}
      {leaving && (
        <ConfirmDialog
          title={t('security.adminUnmakeTitle', { name: leaving.name })}
          action={t('security.adminUnmake')}
          cancel={t('security.cancel')}
          onClose={() => setLeaving(null)}
          onConfirm={() => change(leaving, unmakeAdministrator, t('security.adminUnmade', { name: leaving.name }))}
        >
          {t('security.adminUnmakeText')}
        </ConfirmDialog>
      )}
    </Card>
  )
}
