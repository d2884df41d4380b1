import type { Person, UserId } from '@connectly/protocol'
import { useId, useState } from 'react'
import { t } from '../../kernel/i18n.ts'
import '../../kernel/late-texts.ts'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { Icon, X } from '../../ui/Icon.tsx'
import { SearchBox } from '../../ui/SearchBox.tsx'
import { Face } from './Face.tsx'
import { fitsName } from './listing.ts'
import { firstName } from './preview.ts'
import { useHere } from './room-chrome.ts'
import { lastSeenText } from './status.ts'

export type PeoplePickerProps = {
  /** Who may be picked, in the order they are listed. */
  people: readonly Person[]
  picked: ReadonlySet<UserId>
  onPick: (picked: ReadonlySet<UserId>) => void
  /** What to say where there is nobody to pick. */
  empty: { title: string; text: string }
}

/** Picks people of those one talks to: who is picked stands above, where they can be taken back. */
export function PeoplePicker({ people, picked, onPick, empty }: PeoplePickerProps) {
  const [query, setQuery] = useState('')
  const shown = people.filter((person) => fitsName([person.name, person.username], query))
  const chosen = people.filter((person) => picked.has(person.userId))
  const toggle = (userId: UserId) => {
    const next = new Set(picked)
    if (!next.delete(userId)) next.add(userId)
    onPick(next)
  }
  if (people.length === 0) return <EmptyState scene="requests" title={empty.title} text={empty.text} />
  return (
    <>
      {chosen.length > 0 && (
        <ul className="picked" aria-label={t('groups.picked')}>
          {chosen.map((person) => (
            <li key={person.userId}>
              <button
                type="button"
                aria-label={t('groups.unpick', { name: person.name })}
                onClick={() => toggle(person.userId)}
              >
                <Face id={person.userId} name={person.name} />
                <span className="x">
                  <Icon of={X} size={14} />
                </span>
              </button>
              <bdi className="cut">{firstName(person.name)}</bdi>
            </li>
          ))}
        </ul>
      )}
      <SearchBox label={t('groups.findPlaceholder')} clearLabel={t('app.clear')} value={query} onChange={setQuery} />
      <fieldset className="ppl">
        <legend className="sr">{t('groups.people')}</legend>
        {shown.map((person) => (
          <Choice
            key={person.userId}
            person={person}
            isPicked={picked.has(person.userId)}
            onToggle={() => toggle(person.userId)}
          />
        ))}
      </fieldset>
      {shown.length === 0 && <output className="dim">{t('groups.nothingFor', { query })}</output>}
    </>
  )
}

function Choice({ person, isPicked, onToggle }: { person: Person; isPicked: boolean; onToggle: () => void }) {
  const id = useId()
  const here = useHere().of.get(person.userId)
  const isOnline = here?.state === 'online'
  return (
    <label>
      <Face id={person.userId} name={person.name} size={40} isOnline={isOnline} />
      <span className="grow">
        <b id={id} className="cut">
          <bdi>{person.name}</bdi>
        </b>
        <small className="cut">
          {isOnline ? (
            t('chats.onlineNow')
          ) : here?.state === 'offline' && here.lastSeenAt !== null ? (
            lastSeenText(here.lastSeenAt)
          ) : (
            <bdi>@{person.username}</bdi>
          )}
        </small>
      </span>
      <input className="chk" type="checkbox" aria-labelledby={id} checked={isPicked} onChange={onToggle} />
    </label>
  )
}
