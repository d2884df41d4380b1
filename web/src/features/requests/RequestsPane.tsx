import { useId } from 'react'
import { Link } from '../../kernel/router.ts'
import type { Request, RequestId } from '@connectly/protocol'
import { listTime, t } from '../../kernel/i18n.ts'
import type { View } from '../../shell/AppFrame.tsx'
import { Avatar } from '../../ui/Avatar.tsx'
import { classes } from '../../ui/classes.ts'
import { Segment } from '../../ui/Segment.tsx'
import { SkeletonRows } from '../../ui/Skeleton.tsx'
import { NoRequests } from './NoRequests.tsx'

export type Box = 'received' | 'sent'

export type RequestsPaneProps = {
  view: View
  box: Box
  onBox: (box: Box) => void
  /** Of this box, newest first; `null` while it is not known yet. */
  requests: readonly Request[] | null
  /** How many received ones wait for an answer. */
  waitingCount: number
  openRequestId?: RequestId | undefined
  pathOf: (requestId: RequestId) => string
}

export function RequestsPane(props: RequestsPaneProps) {
  const { view, box, onBox, requests, waitingCount, openRequestId, pathOf } = props
  const id = useId()
  const Title = view === 'list' ? 'h1' : 'h2'
  return (
    <section className="list" aria-labelledby={id}>
      <div className="list__top">
        <div className="list__bar">
          <Title className="list__t grow" id={id}>
            {t('requests.title')}
          </Title>
        </div>
        <Segment
          label={t('requests.title')}
          kind="tabs"
          panelId={`${id}-panel`}
          options={[
            { value: 'received', label: t('requests.received'), count: waitingCount },
            { value: 'sent', label: t('requests.sent') },
          ]}
          value={box}
          onChange={onBox}
        />
      </div>
      <div
        className="rows"
        role="tabpanel"
        id={`${id}-panel`}
        aria-label={t(box === 'sent' ? 'requests.sentList' : 'requests.receivedList')}
      >
        {!requests ? (
          <SkeletonRows label={t('requests.loading')} />
        ) : requests.length === 0 ? (
          <NoRequests box={box} />
        ) : (
          <ul>
            {requests.map((request) => (
              <li key={request.requestId}>
                <RequestRow
                  request={request}
                  box={box}
                  to={pathOf(request.requestId)}
                  isOpen={request.requestId === openRequestId}
                />
              </li>
            ))}
          </ul>
        )}
      </div>
    </section>
  )
}

type RequestRowProps = { request: Request; box: Box; to: string; isOpen: boolean }

function RequestRow({ request, box, to, isOpen }: RequestRowProps) {
  const { person, state, text, askedAt } = request
  const isWaiting = box === 'received' && state === 'pending'
  return (
    <Link className={classes('row', isWaiting && 'row--un')} to={to} aria-current={isOpen ? 'true' : undefined}>
      <Avatar id={person.userId} name={person.name} />
      <span className="grow">
        <span className="row__l">
          <span className="row__n cut" dir="auto">
            {person.name}
          </span>
          <time className="row__t" dateTime={new Date(askedAt).toISOString()}>
            {listTime(askedAt)}
          </time>
        </span>
        <span className="row__l">
          <span className="row__m cut">
            <bdi>{box === 'received' && state === 'declined' ? t('requests.notNowSaid') : text}</bdi>
          </span>
          {isWaiting && (
            <span className="badge" aria-hidden="true">
              1
            </span>
          )}
        </span>
      </span>
    </Link>
  )
}
