import {
  askToTalk,
  MAX_MESSAGE_LENGTH,
  type LocalId,
  type MessageId,
  type Person,
  type RoomId,
} from '@connectly/protocol'
import { useMemo, useRef, useState } from 'react'
import { useNavigate, useParams, useSearchParams } from 'react-router'
import { errorText, usePeople } from '../features/accounts/index.ts'
import { RoomPane } from '../features/messages/index.tsx'
import { AskToTalk, WaitingRow } from '../features/requests/index.tsx'
import { fitsQuery, nameOfLine, newestFirst, type LinesState } from '../features/rooms/index.ts'
import { ChatListPane, chatListTop, NewChatDialog, PickChat, type Filter } from '../features/rooms/index.tsx'
import { t } from '../kernel/i18n.ts'
import { newLocalId } from '../kernel/local-id.ts'
import { useClient, useMine } from '../kernel/use-client.ts'
import { usePageTitle } from '../kernel/use-page-title.ts'
import { Bars } from '../shell/Bars.tsx'
import { LineBanner } from '../shell/LineBanner.tsx'
import { Pane } from '../shell/Pane.tsx'
import { Framed, paths, roomPath, type Asked } from './frame.tsx'
import { usePeopleSearch } from './people-search.ts'

chatListTop.fill(WaitingRow)

/** My chats, and beside them, or instead of them on a phone, the one that is open. */
export function ChatPage() {
  const { roomId, messageId } = useParams() as { roomId?: RoomId; messageId?: MessageId }
  const [search, setSearch] = useSearchParams()
  const navigate = useNavigate()
  const lines = useMine<LinesState>('rooms')
  const [asking, setAsking] = useState<Person | null>(null)
  const isNew = search.has('new')
  const setNew = (open: boolean) => setSearch(open ? { new: '' } : {}, { replace: true })
  const line = roomId && lines?.lines[roomId]
  const isLost = roomId !== undefined && lines !== null && !line
  usePageTitle(line ? nameOfLine(line) : t(isLost ? 'states.lostTitle' : 'chats.title'))
  return (
    <Framed
      view={roomId ? 'room' : 'list'}
      part="chats"
      list={<ChatList roomId={roomId} lines={lines} onNewChat={() => setNew(true)} onAsk={setAsking} />}
    >
      {roomId ? (
        <RoomPane
          key={roomId}
          roomId={roomId}
          messageId={messageId}
          line={lines?.lines[roomId]}
          chatsPath={paths.chats}
        />
      ) : (
        <Pane label={t('room.label')} centred>
          <Bars>
            <LineBanner />
          </Bars>
          <PickChat onNewChat={() => setNew(true)} />
        </Pane>
      )}
      {isNew && !asking && (
        <NewChat onAsk={setAsking} onOpen={(id) => void navigate(roomPath(id))} onClose={() => setNew(false)} />
      )}
      {asking && <Asking person={asking} onClose={() => setAsking(null)} />}
    </Framed>
  )
}

type ListProps = {
  roomId: RoomId | undefined
  lines: LinesState | null
  onNewChat: () => void
  onAsk: (person: Person) => void
}

function ChatList({ roomId, lines, onNewChat, onAsk }: ListProps) {
  const { me } = useClient()
  const navigate = useNavigate()
  const [query, setQuery] = useState('')
  const [filter, setFilter] = useState<Filter>('all')
  const all = useMemo(() => newestFirst(Object.values(lines?.lines ?? {})), [lines])
  const shown = useMemo(
    () => all.filter((line) => (filter === 'all' || line.room.kind === 'group') && fitsQuery(line, query)),
    [all, query, filter],
  )
  const people = usePeopleSearch(query, all)
  const authors = usePeople(
    useMemo(() => [...new Set(all.flatMap((line) => (line.last ? [line.last.authorId] : [])))], [all]),
    useMemo(() => all.flatMap((line) => line.other ?? []), [all]),
  )
  return (
    <ChatListPane
      view={roomId ? 'room' : 'list'}
      me={me}
      lines={lines && shown}
      openRoomId={roomId}
      query={query}
      onQuery={setQuery}
      filter={filter}
      onFilter={setFilter}
      hasGroups={all.some((line) => line.room.kind === 'group')}
      people={people}
      authors={authors}
      banner={<LineBanner />}
      pathOf={roomPath}
      onNewChat={onNewChat}
      onAsk={onAsk}
      onOpen={(id) => void navigate(roomPath(id))}
    />
  )
}

function NewChat({
  onAsk,
  onOpen,
  onClose,
}: {
  onAsk: (person: Person) => void
  onOpen: (roomId: RoomId) => void
  onClose: () => void
}) {
  const lines = useMine<LinesState>('rooms')
  const [query, setQuery] = useState('')
  const people = usePeopleSearch(
    query,
    useMemo(() => Object.values(lines?.lines ?? {}), [lines]),
  )
  return (
    <NewChatDialog query={query} onQuery={setQuery} people={people} onAsk={onAsk} onOpen={onOpen} onClose={onClose} />
  )
}

function Asking({ person, onClose }: { person: Person; onClose: () => void }) {
  const { connection } = useClient()
  const navigate = useNavigate()
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<string>()
  const keys = useRef(new Map<string, LocalId>())
  const send = async (text: string) => {
    setBusy(true)
    setError(undefined)
    // The same words again are the same ask: an answer that was lost comes back.
    const localId = keys.current.get(text) ?? newLocalId()
    keys.current.set(text, localId)
    try {
      const { requestId, roomId } = await connection.ask(askToTalk, { toId: person.userId, text, localId })
      onClose()
      const asked: Asked = { userId: person.userId }
      await (roomId ? navigate(roomPath(roomId)) : navigate(`${paths.requests}/${requestId}`, { state: asked }))
    } catch (caught) {
      setError(errorText(caught))
      setBusy(false)
    }
  }
  return (
    <AskToTalk
      person={person}
      busy={busy}
      error={error}
      maxLength={MAX_MESSAGE_LENGTH}
      onSend={(text) => void send(text)}
      onClose={onClose}
    />
  )
}
