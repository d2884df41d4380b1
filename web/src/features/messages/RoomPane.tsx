import type { MessageId, RoomId, RoomLine } from '@connectly/protocol'
import { Suspense, useCallback, useEffect, useRef, useState } from 'react'
import { AskError } from '../../kernel/ask-error.ts'
import { codeOf } from '../../kernel/ErrorBoundary.tsx'
import { t } from '../../kernel/i18n.ts'
import { useLine, useRoom } from '../../kernel/use-client.ts'
import { Bars } from '../../shell/Bars.tsx'
import { ErrorScreen } from '../../shell/ErrorScreen.tsx'
import { LineBanner, useIsConnecting } from '../../shell/LineBanner.tsx'
import { NotFoundScreen } from '../../shell/NotFoundScreen.tsx'
import { OfflineScreen } from '../../shell/OfflineScreen.tsx'
import { Pane } from '../../shell/Pane.tsx'
import { RoomHeader } from '../rooms/index.tsx'
import { Conversation } from './Conversation.tsx'
import { RoomSkeleton } from './RoomSkeleton.tsx'
import { late } from '../../kernel/late.ts'

const SelectHead = late(async () => (await import('./SelectBars.tsx')).SelectHead)

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
  const [picked, setPicked] = useState<ReadonlySet<string> | null>(null)
  const pickable = useRef<() => ReadonlySet<string>>(() => new Set())
  const onPickable = useCallback((all: () => ReadonlySet<string>) => {
    pickable.current = all
  }, [])
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
      {picked ? (
        <Suspense>
          <SelectHead count={picked.size} onStop={() => setPicked(null)} onAll={() => setPicked(pickable.current())} />
        </Suspense>
      ) : (
        line && <RoomHeader line={line} isConnecting={isConnecting} backPath={chatsPath} />
      )}
      <Bars>
        <LineBanner />
      </Bars>
      {held && line ? (
        <Conversation
          roomId={roomId}
          messageId={messageId}
          line={line}
          picked={picked}
          onPicked={setPicked}
          onPickable={onPickable}
        />
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
