import type { Person, RoomId, RoomLine, UserId } from '@connectly/protocol'
import { memo, useCallback, useMemo, useState } from 'react'
import { useNavigate } from '../kernel/router.ts'
import { usePeople } from '../features/accounts/index.ts'
import { plainText } from '../features/messages/index.ts'
import { useAllTyping, useOnline, usePresence, useShows, type Typing } from '../features/presence/index.ts'
import {
  fitsFilter,
  fitsQuery,
  inOrder,
  isMuted,
  isUnread,
  typingText,
  useIsClearing,
  useNow,
  useWant,
  type At,
  type Filter,
  type LinesState,
} from '../features/rooms/index.ts'
import { ChatListPane, RoomRow } from '../features/rooms/index.tsx'
import { useClient } from '../kernel/use-client.ts'
import { LineBanner } from '../shell/LineBanner.tsx'
import { useDraftsShown } from './drafts-shown.ts'
import { roomPath } from './frame.tsx'
import { usePeopleSearch } from './people-search.ts'

/** Rows whose people are asked after: more than any screen shows at once. */
const WATCHED = 100

export type ChatListProps = {
  roomId: RoomId | undefined
  lines: LinesState | null
  onNewChat: () => void
  onAsk: (person: Person) => void
}

/** My chats, with who is here and who types. */
export function ChatList({ roomId, lines, onNewChat, onAsk }: ChatListProps) {
  const { me } = useClient()
  const navigate = useNavigate()
  const want = useWant()
  const [query, setQuery] = useState('')
  const [filter, setFilter] = useState<Filter>('all')
  const all = useMemo(() => inOrder(Object.values(lines?.lines ?? {})), [lines])
  const shown = useMemo(
    () => all.filter((line) => (query !== '' || fitsFilter(line, filter, roomId)) && fitsQuery(line, query)),
    [all, query, filter, roomId],
  )
  const now = useNow(all)
  const typing = useAllTyping()
  const online = useOnline()
  const here = usePresence()
  useShows(
    useMemo(() => shown.slice(0, WATCHED).flatMap((line) => line.other?.userId ?? []), [shown]),
    null,
  )
  const drafts = useDraftsShown(me, roomId)
  const people = usePeopleSearch(query, all)
  const authors = usePeople(
    useMemo(
      () => [
        ...new Set([
          ...all.flatMap((line) => (line.last ? [line.last.authorId] : [])),
          ...[...typing.values()].flatMap(({ userIds }) => userIds),
        ]),
      ],
      [all, typing],
    ),
    useMemo(() => all.flatMap((line) => line.other ?? []), [all]),
  )
  const onMenu = useCallback((line: RoomLine, at: At) => want?.({ kind: 'menu', line, at }), [want])
  return (
    <ChatListPane
      view={roomId ? 'room' : 'list'}
      lines={lines && shown}
      row={(line) => (
        <Row
          line={line}
          me={me}
          authors={authors}
          isOpen={line.room.roomId === roomId}
          isOnline={line.other !== null && here.get(line.other.userId)?.state === 'online'}
          isMuted={isMuted(line, now)}
          draft={drafts.get(line.room.roomId) ?? ''}
          typing={typing.get(line.room.roomId)}
          onMenu={onMenu}
        />
      )}
      query={query}
      onQuery={setQuery}
      filter={filter}
      onFilter={setFilter}
      unreadCount={all.filter(isUnread).length}
      hasChats={all.length > 0}
      online={online}
      people={people}
      banner={<LineBanner />}
      onNewChat={onNewChat}
      onNewGroup={() => want?.({ kind: 'newGroup' })}
      onAsk={onAsk}
      onOpen={(id) => navigate(roomPath(id))}
    />
  )
}

type RowProps = {
  line: RoomLine
  me: UserId
  authors: ReadonlyMap<UserId, Person>
  isOpen: boolean
  isOnline: boolean
  isMuted: boolean
  draft: string
  typing: Typing | undefined
  onMenu: (line: RoomLine, at: At) => void
}

const Row = memo(function Row({ line, authors, typing, ...rest }: RowProps) {
  const isClearing = useIsClearing(line.room.roomId)
  const shown = isClearing ? emptied(line) : line
  const names = typing?.userIds.flatMap((userId) => authors.get(userId)?.name ?? []) ?? []
  return (
    <RoomRow
      {...rest}
      line={shown}
      to={roomPath(line.room.roomId)}
      author={shown.last ? authors.get(shown.last.authorId) : undefined}
      said={shown.last ? plainText(shown.last.body, (userId) => authors.get(userId)?.name) : undefined}
      typing={typing ? typingText(line.room.kind, names, typing.count) : null}
    />
  )
})

/** As the line will be once it is cleared, while that can still be undone. */
const emptied = (line: RoomLine): RoomLine => ({ ...line, last: null, unread: [], mentions: [], unreadFrom: null })
