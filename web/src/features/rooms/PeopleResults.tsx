import type { Person, RoomId } from '@connectly/protocol'
import { t } from '../../kernel/i18n.ts'
import { Avatar } from '../../ui/Avatar.tsx'
import { Button } from '../../ui/Button.tsx'
import { SkeletonRows } from '../../ui/Skeleton.tsx'

/** A person found, and what the two of you are already. */
export type FoundPerson = {
  person: Person
  standing: { kind: 'stranger' } | { kind: 'asked' } | { kind: 'contact'; roomId: RoomId }
}
export type PeopleFound = { state: 'searching' } | { state: 'found'; people: readonly FoundPerson[] }

export type PeopleResultsProps = {
  found: PeopleFound
  onAsk: (person: Person) => void
  onOpen: (roomId: RoomId) => void
}

export function PeopleResults({ found, onAsk, onOpen }: PeopleResultsProps) {
  if (found.state === 'searching') return <SkeletonRows label={t('chats.searching')} />
  if (found.people.length === 0) return null
  return (
    <section aria-label={t('chats.people')}>
      <h2 className="list__h">{t('chats.people')}</h2>
      <ul>
        {found.people.map((each) => (
          <li key={each.person.userId} className="row">
            <Avatar id={each.person.userId} name={each.person.name} />
            <span className="grow">
              <span className="row__n cut block" dir="auto">
                {each.person.name}
              </span>
              <bdi className="row__m cut block">@{each.person.username}</bdi>
            </span>
            <Action {...each} onAsk={onAsk} onOpen={onOpen} />
          </li>
        ))}
      </ul>
    </section>
  )
}

function Action({ person, standing, onAsk, onOpen }: FoundPerson & Omit<PeopleResultsProps, 'found'>) {
  switch (standing.kind) {
    case 'asked':
      return <span className="row__end">{t('chats.asked')}</span>
    case 'contact':
      return (
        <Button look="tonal" size="small" onClick={() => onOpen(standing.roomId)}>
          {t('chats.openChat')}
        </Button>
      )
    case 'stranger':
      return (
        <Button look="primary" size="small" onClick={() => onAsk(person)}>
          {t('chats.askToTalk')}
        </Button>
      )
  }
}
