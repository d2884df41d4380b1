import type { Block, Person } from '@connectly/protocol'
import { listTime, t } from '../../kernel/i18n.ts'
import { InfoRow } from '../../shell/rows.tsx'
import { Avatar } from '../../ui/Avatar.tsx'
import { Button } from '../../ui/Button.tsx'

export type BlockedListProps = { blocks: readonly Block[]; onUnblock: (person: Person) => void }

/** Whom I blocked, since when, and the way back. */
export function BlockedList({ blocks, onUnblock }: BlockedListProps) {
  return (
    <ul>
      {blocks.map(({ person, at }) => (
        <InfoRow
          key={person.userId}
          lead={<Avatar id={person.userId} name={person.name} size={40} />}
          title={<bdi>{person.name}</bdi>}
          text={t('people.blockedSince', { day: listTime(at) })}
          end={
            <Button
              size="small"
              className="btn--o"
              aria-label={t('people.unblockNamed', { name: person.name })}
              onClick={() => onUnblock(person)}
            >
              {t('people.unblock')}
            </Button>
          }
        />
      ))}
    </ul>
  )
}
