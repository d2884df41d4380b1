import { Link } from '../../kernel/router.ts'
import type { Person } from '@connectly/protocol'
import { list, t } from '../../kernel/i18n.ts'
import { Avatar } from '../../ui/Avatar.tsx'
import { ChevronRight, Icon } from '../../ui/Icon.tsx'

/** The first row of a phone's chats: who asks to talk. */
export function RequestsRow({ people, to }: { people: readonly Person[]; to: string }) {
  return (
    <Link className="reqrow only-mob" to={to}>
      <span className="stack">
        {people.slice(0, 2).map((person) => (
          <Avatar key={person.userId} id={person.userId} name={person.name} size={32} />
        ))}
      </span>
      <span className="grow">
        <b>{t('chats.requests', { count: people.length })}</b>
        <span className="dim cut block">{list(people.map((person) => person.name))}</span>
      </span>
      <Icon of={ChevronRight} size={16} directional className="dim" />
    </Link>
  )
}
