import { type ReactNode, useId } from 'react'
import type { Person, RoomId, RoomLine, UserId } from '@connectly/protocol'
import { t } from '../../kernel/i18n.ts'
import { IconButton } from '../../ui/IconButton.tsx'
import { SquarePen } from '../../ui/Icon.tsx'
import { SearchBox } from '../../ui/SearchBox.tsx'
import { SkeletonRows } from '../../ui/Skeleton.tsx'
import type { View } from '../../shell/AppFrame.tsx'
import { EmptyChats } from './EmptyChats.tsx'
import { NothingFound } from './NothingFound.tsx'
import { type PeopleFound, PeopleResults } from './PeopleResults.tsx'
import { RoomRow } from './RoomRow.tsx'
import { chatListTop } from './slots.tsx'

export type Filter = 'all' | 'groups'

export type ChatListPaneProps = {
  view: View
  me: UserId
  /** What is to be shown, newest first, already narrowed by query and filter; `null` while it is not known yet. */
  lines: readonly RoomLine[] | null
  openRoomId?: RoomId | undefined
  query: string
  onQuery: (query: string) => void
  filter: Filter
  onFilter: (filter: Filter) => void
  /** Whether there is a group at all; without one there are no filters. */
  hasGroups: boolean
  /** People found by the query; `null` where nobody is looked for. */
  people: PeopleFound | null
  /** Who said the last words of the groups, as far as that is known. */
  authors: ReadonlyMap<UserId, Person>
  /** About the connection, where no room stands beside that would say it. */
  banner?: ReactNode
  pathOf: (roomId: RoomId) => string
  onNewChat: () => void
  onAsk: (person: Person) => void
  onOpen: (roomId: RoomId) => void
}

export function ChatListPane(props: ChatListPaneProps) {
  const { view, query, onQuery, filter, onFilter, hasGroups, banner, onNewChat } = props
  const titleId = useId()
  const Title = view === 'list' ? 'h1' : 'h2'
  return (
    <section className="list" aria-labelledby={titleId}>
      <div className="list__top">
        <div className="list__bar">
          <Title className="list__t grow" id={titleId}>
            {t('chats.title')}
          </Title>
          <IconButton icon={SquarePen} look="white" label={t('chats.newChat')} onClick={onNewChat} />
        </div>
        <SearchBox
          label={t('chats.search')}
          clearLabel={t('app.clear')}
          shortcut={t('chats.searchKey')}
          value={query}
          onChange={onQuery}
        />
        {view === 'list' && banner}
        {hasGroups && (
          <fieldset className="chips">
            <legend className="sr">{t('chats.filters')}</legend>
            <Chip isOn={filter === 'all'} onClick={() => onFilter('all')}>
              {t('chats.all')}
            </Chip>
            <Chip isOn={filter === 'groups'} onClick={() => onFilter('groups')}>
              {t('chats.groups')}
            </Chip>
          </fieldset>
        )}
      </div>
      <div className="rows">{contentOf(props)}</div>
    </section>
  )
}

function contentOf(props: ChatListPaneProps): ReactNode {
  const { lines, query, people, onNewChat } = props
  if (!lines) return <SkeletonRows label={t('chats.loading')} />
  if (!query) {
    return (
      <>
        <chatListTop.Show />
        {lines.length > 0 ? <Rooms {...props} lines={lines} /> : <EmptyChats onFindPeople={onNewChat} />}
      </>
    )
  }
  const isNothing = lines.length === 0 && people?.state === 'found' && people.people.length === 0
  if (isNothing) return <NothingFound query={query} />
  return (
    <>
      {lines.length > 0 && <Rooms {...props} lines={lines} />}
      {people && <PeopleResults found={people} onAsk={props.onAsk} onOpen={props.onOpen} />}
    </>
  )
}

function Rooms({ lines, me, openRoomId, authors, pathOf }: ChatListPaneProps & { lines: readonly RoomLine[] }) {
  return (
    <nav aria-label={t('chats.list')}>
      <ul>
        {lines.map((line) => (
          <li key={line.room.roomId}>
            <RoomRow
              line={line}
              me={me}
              author={line.last ? authors.get(line.last.authorId) : undefined}
              to={pathOf(line.room.roomId)}
              isOpen={line.room.roomId === openRoomId}
            />
          </li>
        ))}
      </ul>
    </nav>
  )
}

function Chip({ isOn, onClick, children }: { isOn: boolean; onClick: () => void; children: string }) {
  return (
    <button type="button" className="chip" aria-pressed={isOn} onClick={onClick}>
      {children}
    </button>
  )
}
