import type { MessageId, Person, RoomId } from '@connectly/protocol'
import { Suspense, useEffect, useMemo, useState } from 'react'
import { useParams, useSearchParams } from '../kernel/router.ts'
import { nameOfLine, useWant, type LinesState, type RoomWays } from '../features/rooms/index.ts'
import { chatListTop, PickChat, RoomActs } from '../features/rooms/index.tsx'
import { WaitingRow } from '../features/requests/index.tsx'
import { t } from '../kernel/i18n.ts'
import { useMine } from '../kernel/use-client.ts'
import { usePageTitle } from '../kernel/use-page-title.ts'
import { Bars } from '../shell/Bars.tsx'
import { LineBanner } from '../shell/LineBanner.tsx'
import { Pane } from '../shell/Pane.tsx'
import { ChatList } from './chat-list.tsx'
import { Framed } from './frame.tsx'
import { OpenRoom } from './open-room.tsx'
import { useRoomWays } from './room-ways.ts'
import { late } from '../kernel/late.ts'
import { Awaited } from '../shell/Awaited.tsx'

const Asking = late(async () => (await import('./asking.tsx')).Asking)
const NewChat = late(async () => (await import('./new-chat.tsx')).NewChat)
const Blocking = late(async () => (await import('./block-from-chat.tsx')).BlockFromChat)

chatListTop.fill(WaitingRow)

/** My chats, and beside them, or instead of them on a phone, the one that is open. */
export function ChatPage() {
  const ways = useRoomWays()
  const [blocked, setBlocked] = useState<{ person: Person; nth: number } | null>(null)
  const block = useMemo(() => (person: Person) => setBlocked((before) => ({ person, nth: (before?.nth ?? 0) + 1 })), [])
  return (
    <RoomActs ways={ways} onBlock={block}>
      <Chats ways={ways} />
      <Suspense fallback={<Awaited />}>{blocked && <Blocking key={blocked.nth} person={blocked.person} />}</Suspense>
    </RoomActs>
  )
}

function Chats({ ways }: { ways: RoomWays }) {
  const { roomId, messageId } = useParams() as { roomId?: RoomId; messageId?: MessageId }
  const [search, setSearch] = useSearchParams()
  const want = useWant()
  const lines = useMine<LinesState>('rooms')
  const [asking, setAsking] = useState<Person | null>(null)
  const what = search.get('new')
  const setNew = (open: boolean) => setSearch(open ? { new: '' } : {}, { replace: true })
  const line = roomId && lines?.lines[roomId]
  const isLost = roomId !== undefined && lines !== null && !line
  usePageTitle(line ? nameOfLine(line) : t(isLost ? 'states.lostTitle' : 'chats.title'))
  useEffect(() => {
    if (what !== 'group') return
    setSearch({}, { replace: true })
    want?.({ kind: 'newGroup' })
  }, [what, setSearch, want])
  return (
    <Framed
      view={roomId ? 'room' : 'list'}
      part="chats"
      list={<ChatList roomId={roomId} lines={lines} onNewChat={() => setNew(true)} onAsk={setAsking} />}
    >
      {roomId ? (
        <OpenRoom roomId={roomId} messageId={messageId} line={line || undefined} ways={ways} />
      ) : (
        <Pane label={t('room.label')} centred>
          <Bars>
            <LineBanner />
          </Bars>
          <PickChat onNewChat={() => setNew(true)} />
        </Pane>
      )}
      <Suspense fallback={<Awaited />}>
        {what === '' && !asking && (
          <NewChat
            onAsk={setAsking}
            onNewGroup={() => {
              setNew(false)
              want?.({ kind: 'newGroup' })
            }}
            onClose={() => setNew(false)}
          />
        )}
        {asking && <Asking person={asking} onClose={() => setAsking(null)} />}
      </Suspense>
    </Framed>
  )
}
