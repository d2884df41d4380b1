import { MAX_MESSAGE_LENGTH, type MessageId, type RoomId, type RoomLine } from '@connectly/protocol'
import { useCallback, useEffect, useState } from 'react'
import { useNavigate } from 'react-router'
import { AskError } from '../../kernel/ask-error.ts'
import { codeOf } from '../../kernel/ErrorBoundary.tsx'
import { t } from '../../kernel/i18n.ts'
import { useClient, useLine, useRoom, useWatched } from '../../kernel/use-client.ts'
import { Bars } from '../../shell/Bars.tsx'
import { ErrorScreen } from '../../shell/ErrorScreen.tsx'
import { LineBanner, useIsConnecting } from '../../shell/LineBanner.tsx'
import { NotFoundScreen } from '../../shell/NotFoundScreen.tsx'
import { OfflineScreen } from '../../shell/OfflineScreen.tsx'
import { Pane } from '../../shell/Pane.tsx'
import { LiveRegion } from '../../ui/LiveRegion.tsx'
import { RoomHeader } from '../rooms/index.tsx'
import { Composer } from './Composer.tsx'
import { MessageList } from './MessageList.tsx'
import { RoomSkeleton } from './RoomSkeleton.tsx'
import { useDraft } from './use-draft.ts'
import { useMessages } from './use-messages.ts'
import { useNews } from './use-news.ts'

export type RoomPaneProps = {
  roomId: RoomId
  messageId: MessageId | undefined
  line: RoomLine | undefined
  chatsPath: string
}

/** A room: what was said, and where one says something. */
export function RoomPane({ roomId, messageId, line, chatsPath }: RoomPaneProps) {
  const { held, error, retry } = useRoom(roomId)
  const isConnecting = useIsConnecting()
  const { state } = useLine()
  const isListed = line !== undefined
  // Who was removed and is added again, with the room's page still open, gets it back.
  useEffect(() => {
    if (isListed && state === 'open') retry()
  }, [isListed, state, retry])
  const isLost = error instanceof AskError && error.code === 'NotFound'
  if (isLost || (held && !line)) {
    return (
      <Pane label={t('room.label')} centred>
        <NotFoundScreen chatsPath={chatsPath} level={1} />
      </Pane>
    )
  }
  return (
    <Pane label={t('room.label')}>
      {line && <RoomHeader line={line} isConnecting={isConnecting} backPath={chatsPath} />}
      <Bars>
        <LineBanner />
      </Bars>
      {held && line ? (
        <Conversation roomId={roomId} messageId={messageId} isGroup={line.room.kind === 'group'} />
      ) : error ? (
        <ErrorScreen
          code={error instanceof AskError && error.requestId ? codeOf(error.requestId) : codeOf(error)}
          onRetry={retry}
          level={line ? 2 : 1}
        />
      ) : state === 'offline' ? (
        <OfflineScreen level={line ? 2 : 1} />
      ) : (
        <RoomSkeleton />
      )}
    </Pane>
  )
}

function Conversation({
  roomId,
  messageId,
  isGroup,
}: {
  roomId: RoomId
  messageId: MessageId | undefined
  isGroup: boolean
}) {
  const { outbox } = useClient()
  const navigate = useNavigate()
  const shown = useMessages(roomId, messageId, isGroup)
  const [draft, setDraft] = useDraft(roomId)
  const [foot, setFoot] = useState(84)
  const waitUntil = useWatched(outbox.pausedUntil).get(roomId) ?? null
  const news = useNews(shown.messages, shown.people)
  const send = useCallback(
    (text: string) => {
      setDraft('')
      if (messageId) void navigate(`/r/${roomId}`)
      void outbox.send(roomId, { text })
    },
    [outbox, roomId, setDraft, messageId, navigate],
  )
  const retry = useCallback((id: string) => void outbox.retry(id as Parameters<typeof outbox.retry>[0]), [outbox])
  const drop = useCallback((id: string) => void outbox.drop(id as Parameters<typeof outbox.drop>[0]), [outbox])
  return (
    <>
      <MessageList
        key={shown.window}
        items={shown.items}
        isGroup={isGroup}
        older={shown.older}
        newer={shown.newer}
        onOlder={shown.loadOlder}
        onNewer={shown.loadNewer}
        onNewest={useCallback(() => void navigate(`/r/${roomId}`), [navigate, roomId])}
        onRetry={retry}
        onDelete={drop}
        highlightId={messageId}
        paddingEnd={foot}
      />
      <LiveRegion label={t('room.news')} lines={news} />
      <Composer
        draft={draft}
        onDraft={setDraft}
        onSend={send}
        maxLength={MAX_MESSAGE_LENGTH}
        waitUntil={waitUntil}
        onHeight={setFoot}
      />
    </>
  )
}
