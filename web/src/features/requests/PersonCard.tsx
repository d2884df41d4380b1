import type { Person, Room } from '@connectly/protocol'
import { list, month, t } from '../../kernel/i18n.ts'
import { Face } from '../rooms/index.tsx'
import { Avatar } from '../../ui/Avatar.tsx'
import { classes } from '../../ui/classes.ts'
import { tintOf } from '../../ui/tint.ts'

const NAMED = 3

/** Who this is, before one has ever talked, and where one may have met. */
export function PersonCard({ person, common = [] }: { person: Person; common?: readonly Room[] }) {
  return (
    <div className={classes('rq', tintOf(person.userId))}>
      <Avatar id={person.userId} name={person.name} size={112} />
      <h2 className="rq__n" dir="auto">
        {person.name}
      </h2>
      <p className="dim">
        {t('requests.hereSince', { handle: `@${person.username}`, month: month(person.createdAt) })}
      </p>
      {common.length > 0 && (
        <p className="hstack rq__in">
          <span className="stack">
            {common.slice(0, NAMED).map(({ roomId, name, tint }) => (
              <Face key={roomId} id={roomId} name={name ?? ''} tint={tint} size={32} />
            ))}
          </span>
          {bothIn(common)}
        </p>
      )}
    </div>
  )
}

function bothIn(common: readonly Room[]): string {
  const more = common.length - NAMED
  const groups = list(common.slice(0, NAMED).map(({ name }) => name ?? ''))
  return more > 0 ? t('requests.bothInMore', { groups, count: more }) : t('requests.bothIn', { groups })
}
