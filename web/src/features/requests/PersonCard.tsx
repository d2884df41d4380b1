import type { Person } from '@connectly/protocol'
import { month, t } from '../../kernel/i18n.ts'
import { Avatar } from '../../ui/Avatar.tsx'
import { classes } from '../../ui/classes.ts'
import { tintOf } from '../../ui/tint.ts'

/** Who this is, before one has ever talked. */
export function PersonCard({ person }: { person: Person }) {
  return (
    <div className={classes('rq', tintOf(person.userId))}>
      <Avatar id={person.userId} name={person.name} size={112} />
      <h2 className="rq__n" dir="auto">
        {person.name}
      </h2>
      <p className="dim">
        {t('requests.hereSince', { handle: `@${person.username}`, month: month(person.createdAt) })}
      </p>
    </div>
  )
}
