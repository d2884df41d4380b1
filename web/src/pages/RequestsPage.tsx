import '../kernel/late-texts.ts'
import '../theme/people.css'
import {
  acceptRequest,
  cancelRequest,
  declineRequest,
  roomsInCommon,
  type Request,
  type RequestId,
  type UserId,
} from '@connectly/protocol'
import { Suspense, useEffect, useRef, useState } from 'react'
import { useLocation, useNavigate, useParams } from '../kernel/router.ts'
import { useOpenProfile } from '../features/accounts/index.ts'
import { useBlockActions } from '../features/blocks/index.ts'
import type { RequestsState } from '../features/requests/index.ts'
import { PickRequest, RequestsPane, RequestView, type Box } from '../features/requests/index.tsx'
import type { LinesState } from '../features/rooms/index.ts'
import { t } from '../kernel/i18n.ts'
import { useClient, useMine } from '../kernel/use-client.ts'
import { usePageTitle } from '../kernel/use-page-title.ts'
import { Bars } from '../shell/Bars.tsx'
import { LineBanner } from '../shell/LineBanner.tsx'
import { NotFoundScreen } from '../shell/NotFoundScreen.tsx'
import { Pane } from '../shell/Pane.tsx'
import { Button } from '../ui/Button.tsx'
import { SkeletonRows } from '../ui/Skeleton.tsx'
import { useSecondsUntil } from '../ui/useSecondsUntil.ts'
import { useBlocking } from './blocking.tsx'
import { Framed } from './frame.tsx'
import { paths, roomPath, type Asked } from './paths.ts'
import { refusedBecause, type Refused } from './refused.ts'
import { useAnswer } from './use-answer.ts'

/** Who asks to talk, and whom I asked. */
export function RequestsPage() {
  const { requestId } = useParams() as { requestId?: RequestId }
  const requests = useMine<RequestsState>('requests')
  const isSent = requests?.sent.some((each) => each.requestId === requestId)
  const [chosen, setChosen] = useState<Box | null>(null)
  const box = chosen ?? (isSent ? 'sent' : 'received')
  const open = requests && [...requests.received, ...requests.sent].find((each) => each.requestId === requestId)
  const asked = useLocation().state as Asked | null
  useGoOnWhenAccepted(open, asked)
  usePageTitle(open ? open.person.name : t('requests.title'))
  const list = (
    <Suspense fallback={<ListToCome />}>
      <RequestsPane
        view={requestId ? 'room' : 'list'}
        box={box}
        onBox={setChosen}
        requests={requests && requests[box]}
        waitingCount={requests?.received.filter((each) => each.state === 'pending').length ?? 0}
        openRequestId={requestId}
        pathOf={(id) => `${paths.requests}/${id}`}
      />
    </Suspense>
  )
  return (
    <Framed view={requestId ? 'room' : 'list'} part="requests" list={list}>
      {open ? (
        <Pane label={open.person.name}>
          <Bars>
            <LineBanner />
          </Bars>
          <Suspense fallback={null}>
            <OpenRequest key={open.requestId} request={open} box={isSent ? 'sent' : 'received'} />
          </Suspense>
        </Pane>
      ) : (
        <Pane label={t('requests.pickTitle')} centred>
          <Bars>
            <LineBanner />
          </Bars>
          <Suspense fallback={null}>
            {requestId && requests && !asked ? <NotFoundScreen chatsPath={paths.chats} level={1} /> : <PickRequest />}
          </Suspense>
        </Pane>
      )}
    </Framed>
  )
}

function ListToCome() {
  return (
    <section className="list" aria-label={t('requests.title')}>
      <SkeletonRows label={t('requests.loading')} />
    </section>
  )
}

function OpenRequest({ request, box }: { request: Request; box: Box }) {
  const { connection } = useClient()
  const navigate = useNavigate()
  const openProfile = useOpenProfile()
  const { requestId, person } = request
  const leave = () => navigate(paths.requests, { replace: true })
  const blocking = useBlocking(leave)
  const common = useAnswer(roomsInCommon, { userId: person.userId }).answered
  const [busy, setBusy] = useState(false)
  const [refused, setRefused] = useState<Refused | null>(null)
  const act = (work: () => Promise<unknown>) => {
    setBusy(true)
    setRefused(null)
    work()
      .catch((error: unknown) => setRefused(refusedBecause(error)))
      .finally(() => setBusy(false))
  }
  const error = useRefusal(refused, person.userId, () => setRefused(null))
  return (
    <>
      <RequestView
        request={request}
        box={box}
        backPath={paths.requests}
        common={common.state === 'here' ? common.answer : []}
        error={error}
        busy={busy}
        onAccept={() =>
          act(async () => {
            const { roomId } = await connection.ask(acceptRequest, { requestId })
            navigate(roomPath(roomId))
          })
        }
        onDecline={() => act(() => connection.ask(declineRequest, { requestId }))}
        onTakeBack={() =>
          act(async () => {
            await connection.ask(cancelRequest, { requestId })
            navigate(paths.requests)
          })
        }
        onBlock={() => blocking.ask(person)}
        onProfile={() => openProfile(person.userId)}
      />
      {blocking.dialog}
    </>
  )
}

/** A refusal as it is said in place: with the seconds left, or the way to take a block back. */
function useRefusal(refused: Refused | null, userId: UserId, clear: () => void) {
  const { unblock } = useBlockActions()
  const seconds = useSecondsUntil(refused?.retryAt ?? null)
  if (!refused) return undefined
  if (refused.isBlocked) {
    const end = (
      <Button size="small" onClick={() => void unblock(userId).then(clear, clear)}>
        {t('people.unblock')}
      </Button>
    )
    return { text: refused.text, end }
  }
  return { text: refused.text, ...(seconds > 0 && { end: t('states.seconds', { count: seconds }) }) }
}

/** A request that was open and is accepted has become a chat: go there. */
function useGoOnWhenAccepted(open: Request | null | undefined, asked: Asked | null): void {
  const navigate = useNavigate()
  const lines = useMine<LinesState>('rooms')?.lines
  const last = useRef<UserId>(undefined)
  const askedId = asked?.userId
  useEffect(() => {
    if (open) last.current = open.person.userId
    const userId = last.current ?? askedId
    if (open || !userId || !lines) return
    last.current = undefined
    const line = Object.values(lines).find((each) => each.other?.userId === userId)
    if (line) navigate(roomPath(line.room.roomId), { replace: true })
  }, [open, askedId, lines, navigate])
}
