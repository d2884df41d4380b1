import type { RoomId, RoomLine } from '@connectly/protocol'
import { Suspense, useMemo } from 'react'
import { usePeople } from '../features/accounts/index.ts'
import { nameOfLine } from '../features/rooms/index.ts'
import { RoomFace } from '../features/rooms/index.tsx'
import { bodyText, t } from '../kernel/i18n.ts'
import { useGoToRoom } from './use-go-to-room.ts'
import { useNotices } from './use-notices.ts'
import { late } from '../kernel/late.ts'

const MessageNotice = late(async () => (await import('../shell/MessageNotice.tsx')).MessageNotice, true)

/** At the top end of every page: what was just said in a chat that isn't open. Read out once. */
export function Notices({ openRoomId }: { openRoomId: RoomId | undefined }) {
  const { news, close } = useNotices(openRoomId)
  const goToRoom = useGoToRoom()
  const open = (roomId: RoomId) => {
    close()
    goToRoom(roomId)
  }
  return (
    // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- an output is a result of a form
    <div className="notices" role="status" aria-label={t('app.newMessage')}>
      {news && (
        <Suspense fallback={null}>
          <News key={news.last?.messageId} line={news} onOpen={() => open(news.room.roomId)} onClose={close} />
        </Suspense>
      )}
    </div>
  )
}

function News({ line, onOpen, onClose }: { line: RoomLine; onOpen: () => void; onClose: () => void }) {
  const { last, other } = line
  const authorId = last?.authorId
  const people = usePeople(
    useMemo(() => (authorId ? [authorId] : []), [authorId]),
    useMemo(() => (other ? [other] : []), [other]),
  )
  if (!last) return null
  const author = other ? undefined : people.get(last.authorId)?.name.split(/\s/)[0]
  const text = bodyText(last.body)
  return (
    <MessageNotice
      notice={{
        id: last.messageId,
        face: <RoomFace line={line} size={40} />,
        name: nameOfLine(line),
        text: author ? t('room.saidBy', { name: author, text }) : text,
      }}
      onOpen={onOpen}
      onClose={onClose}
    />
  )
}
