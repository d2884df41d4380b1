import { type ReactNode, useId, useRef } from 'react'
import type { Person, RoomId, RoomLine } from '@connectly/protocol'
import { number, t } from '../../kernel/i18n.ts'
import { IconButton } from '../../ui/IconButton.tsx'
import { SquarePen } from '../../ui/Icon.tsx'
import { SearchBox } from '../../ui/SearchBox.tsx'
import { SkeletonRows } from '../../ui/Skeleton.tsx'
import type { View } from '../../shell/AppFrame.tsx'
import { EmptyChats } from './EmptyChats.tsx'
import type { Filter } from './listing.ts'
import { NothingFound } from './NothingFound.tsx'
import { type PeopleFound, PeopleResults } from './PeopleResults.tsx'
import { chatListTop } from './slots.tsx'
import { useGlide } from './use-glide.ts'
import { useKeptFocus } from './use-kept-focus.ts'

export type ChatListPaneProps = {
  view: View
  /** What is to be shown, in its order, already narrowed by query and filter; `null` while it is not known yet. */
  lines: readonly RoomLine[] | null
  /** The row of a chat: who is here and who types is known above this storey. */
  row: (line: RoomLine) => ReactNode
  query: string
  onQuery: (query: string) => void
  filter: Filter
  onFilter: (filter: Filter) => void
  /** Rooms in which something is unread. */
  unreadCount: number
  /** Whether there is a chat at all; without one there are no filters. */
  hasChats: boolean
  /** People who are here; `null` while nobody knows. */
  online: number | null
  /** People found by the query; `null` where nobody is looked for. */
  people: PeopleFound | null
  /** About the connection, where no room stands beside that would say it. */
  banner?: ReactNode
  onNewChat: () => void
  onNewGroup: () => void
  onAsk: (person: Person) => void
  onOpen: (roomId: RoomId) => void
}

/** My chats: in their order, narrowed by a filter, or searched. */
export function ChatListPane(props: ChatListPaneProps) {
  const { view, query, onQuery, hasChats, online, banner, onNewChat } = props
  const titleId = useId()
  const Title = view === 'list' ? 'h1' : 'h2'
  return (
    <section className="list" aria-labelledby={titleId}>
      <div className="list__top">
        <div className="list__bar">
          <div className="grow">
            <Title className="list__t" id={titleId}>
              {t('chats.title')}
            </Title>
            {online !== null && (
              <p className="list__sub">
                <i className="dot" aria-hidden="true" />
                {t('chats.online', { count: online })}
              </p>
            )}
          </div>
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
        {hasChats && <Filters {...props} />}
      </div>
      <div className="rows">{contentOf(props)}</div>
    </section>
  )
}

function Filters({ filter, onFilter, unreadCount }: ChatListPaneProps) {
  return (
    <fieldset className="chips">
      <legend className="sr">{t('chats.filters')}</legend>
      <Chip isOn={filter === 'all'} onClick={() => onFilter('all')}>
        {t('chats.all')}
      </Chip>
      <Chip isOn={filter === 'unread'} onClick={() => onFilter('unread')}>
        {t('chats.unread')}
        {unreadCount > 0 && <b className="chip__n">{unreadCount > 99 ? '99+' : number(unreadCount)}</b>}
      </Chip>
      <Chip isOn={filter === 'groups'} onClick={() => onFilter('groups')}>
        {t('chats.groups')}
      </Chip>
    </fieldset>
  )
}

function contentOf(props: ChatListPaneProps): ReactNode {
  const { lines, row, query, people, filter, onFilter, onNewChat, onNewGroup } = props
  if (!lines) return <SkeletonRows label={t('chats.loading')} />
  if (!query) {
    return (
      <>
        {filter === 'all' && <chatListTop.Show />}
        {lines.length > 0 ? (
          <Rooms lines={lines} row={row} scope={filter} />
        ) : (
          <EmptyChats filter={filter} onFindPeople={onNewChat} onNewGroup={onNewGroup} onAll={() => onFilter('all')} />
        )}
      </>
    )
  }
  const isNothing = lines.length === 0 && people?.state === 'found' && people.people.length === 0
  if (isNothing) return <NothingFound query={query} />
  return (
    <>
      {lines.length > 0 && <Rooms lines={lines} row={row} scope={query} />}
      {people && <PeopleResults found={people} onAsk={props.onAsk} onOpen={props.onOpen} />}
    </>
  )
}

type RoomsProps = { lines: readonly RoomLine[]; row: ChatListPaneProps['row']; scope: string }

function Rooms({ lines, row, scope }: RoomsProps) {
  const list = useRef<HTMLUListElement>(null)
  const order = lines.map((line) => line.room.roomId).join()
  useGlide(list, scope, order)
  useKeptFocus(list, order)
  return (
    <nav aria-label={t('chats.list')}>
      <ul ref={list}>
        {lines.map((line) => (
          <li key={line.room.roomId} data-key={line.room.roomId}>
            {row(line)}
          </li>
        ))}
      </ul>
    </nav>
  )
}

function Chip({ isOn, onClick, children }: { isOn: boolean; onClick: () => void; children: ReactNode }) {
  return (
    <button type="button" className="chip" aria-pressed={isOn} onClick={onClick}>
      {children}
    </button>
  )
}
