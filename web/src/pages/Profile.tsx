import '../kernel/late-texts.ts'
import '../theme/people.css'
import { memberOf, profileOf, roomsInCommon, type RoomId, type UserId } from '@connectly/protocol'
import { useState } from 'react'
import { useNavigate } from '../kernel/router.ts'
import { errorText } from '../features/accounts/index.ts'
import { type ProfileFact, ProfileSheet, ProfileSkeleton } from '../features/accounts/index.tsx'
import { useBlockActions, useBlocks } from '../features/blocks/index.ts'
import type { RequestsState } from '../features/requests/index.ts'
import type { LinesState } from '../features/rooms/index.ts'
import { AskError } from '../kernel/ask-error.ts'
import { codeOf } from '../kernel/ErrorBoundary.tsx'
import { t } from '../kernel/i18n.ts'
import { useClient, useMine } from '../kernel/use-client.ts'
import { ErrorScreen } from '../shell/ErrorScreen.tsx'
import { OfflineScreen } from '../shell/OfflineScreen.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'
import { Asking } from './asking.tsx'
import { useBlocking } from './blocking.tsx'
import { GroupsInCommon } from './GroupsInCommon.tsx'
import { paths, settingsPath } from './paths.ts'
import { PresenceLine, usePresenceOf } from './PresenceLine.tsx'
import { ProfileActions, ProfileFoot } from './ProfileActions.tsx'
import { useAnswer } from './use-answer.ts'
import { useGoToRoom } from './use-go-to-room.ts'

export type ProfileProps = {
  userId: UserId
  /** The room that is open, if one is. */
  roomId: RoomId | undefined
  onClose: () => void
}

/** Somebody's profile, and what the two of us are to each other. */
export function Profile({ userId, roomId, onClose }: ProfileProps) {
  const { me } = useClient()
  const { answered, again } = useAnswer(profileOf, { userId })
  const facts = useFacts(userId, roomId)
  const presence = usePresenceOf(userId)
  const standing = useStanding(userId)
  const { isBlocked } = useBlocks()
  // Closes when it is done: what the toast says, and its way back, must not lie under a dialog.
  const blocking = useBlocking(onClose)
  const unblocking = useUnblocking(userId)
  const navigate = useNavigate()
  const goToRoom = useGoToRoom()
  const [isAsking, setAsking] = useState(false)

  if (answered.state !== 'here') {
    return <ProfileSkeleton onClose={onClose}>{notYet(answered, again)}</ProfileSkeleton>
  }
  const { person, about } = answered.answer
  const blocked = isBlocked(userId)
  const isMe = userId === me
  // What is opened from here takes the profile's place in the history.
  const go = (path: string) => navigate(path, { replace: true })
  return (
    <>
      <ProfileSheet
        person={person}
        about={about}
        isOnline={!isMe && presence?.state === 'online'}
        presence={!isMe && <PresenceLine presence={presence} />}
        actions={
          <ProfileActions
            isMe={isMe}
            isBlocked={blocked}
            person={person}
            error={unblocking.error}
            standing={standing}
            onOpen={(id) => goToRoom(id, { replace: true })}
            onAsk={() => setAsking(true)}
            onRequests={(id) => go(`${paths.requests}/${id}`)}
            onEdit={() => go(settingsPath('profile'))}
          />
        }
        facts={facts}
        foot={
          !isMe && (
            <ProfileFoot isBlocked={blocked} onBlock={() => blocking.ask(person)} onUnblock={unblocking.unblock} />
          )
        }
        onClose={onClose}
      />
      {isAsking && <Asking person={person} onClose={() => setAsking(false)} />}
      {blocking.dialog}
    </>
  )
}

function notYet(answered: { state: string; error?: unknown }, again: () => void) {
  if (answered.state === 'offline') return <OfflineScreen />
  if (answered.state !== 'failed') return undefined
  const { error } = answered
  if (error instanceof AskError && (error.code === 'NotFound' || error.code === 'InvalidInput'))
    return <EmptyState scene="lost" title={t('people.noProfileTitle')} text={t('people.noProfileText')} />
  return <ErrorScreen code={codeOf(error)} onRetry={again} />
}

/** Takes a block back in place; why it was refused is said in place too. */
function useUnblocking(userId: UserId): { unblock: () => void; error: string | undefined } {
  const actions = useBlockActions()
  const [error, setError] = useState<string>()
  const unblock = () => {
    setError(undefined)
    actions.unblock(userId).catch((caught: unknown) => setError(errorText(caught)))
  }
  return { unblock, error }
}

/** What the two of us are: a chat of two, a question that waits, or nothing yet. */
export type Standing =
  | { kind: 'contact'; roomId: RoomId }
  | { kind: 'asked' | 'asksMe'; requestId: string }
  | { kind: 'stranger' }

function useStanding(userId: UserId): Standing {
  const lines = useMine<LinesState>('rooms')?.lines
  const requests = useMine<RequestsState>('requests')
  const line = Object.values(lines ?? {}).find((each) => each.other?.userId === userId)
  if (line) return { kind: 'contact', roomId: line.room.roomId }
  const sent = requests?.sent.find((each) => each.toId === userId)
  if (sent) return { kind: 'asked', requestId: sent.requestId }
  const received = requests?.received.find((each) => each.fromId === userId)
  return received ? { kind: 'asksMe', requestId: received.requestId } : { kind: 'stranger' }
}

const roles = { owner: 'people.roleOwner', admin: 'people.roleAdmin', member: 'people.roleMember' } as const

/** Their role in the group that is open, and the groups we share. */
function useFacts(userId: UserId, roomId: RoomId | undefined): ProfileFact[] {
  const { me } = useClient()
  const line = useMine<LinesState>('rooms')?.lines[roomId ?? ('' as RoomId)]
  const isGroup = line?.room.kind === 'group'
  const member = useAnswer(memberOf, isGroup && roomId ? { roomId, userId } : null).answered
  const common = useAnswer(roomsInCommon, userId === me ? null : { userId }).answered
  return [
    ...(isGroup && member.state === 'here'
      ? [{ label: t('people.inRoom', { room: line.room.name ?? '' }), value: t(roles[member.answer.seat.role]) }]
      : []),
    ...(common.state === 'here'
      ? [{ label: t('people.groupsInCommon'), value: <GroupsInCommon rooms={common.answer} /> }]
      : []),
  ]
}
