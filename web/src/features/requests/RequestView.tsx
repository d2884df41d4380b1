import type { ReactNode } from 'react'
import type { Request } from '@connectly/protocol'
import { t, time } from '../../kernel/i18n.ts'
import { PaneHeader } from '../../shell/PaneHeader.tsx'
import { Bubble } from '../../ui/Bubble.tsx'
import { Button } from '../../ui/Button.tsx'
import { PersonCard } from './PersonCard.tsx'
import type { Box } from './RequestsPane.tsx'

export type RequestViewProps = {
  request: Request
  box: Box
  backPath: string
  /** While an answer is on its way. */
  busy: boolean
  onAccept: () => void
  onDecline: () => void
  onTakeBack: () => void
}

/** A request, read before it is answered. Goes into a `<Pane>`. */
export function RequestView({ request, box, backPath, ...actions }: RequestViewProps) {
  const { person, text, askedAt } = request
  const isSent = box === 'sent'
  return (
    <>
      <PaneHeader
        id={person.userId}
        name={person.name}
        status={statusOf(request, box)}
        backPath={backPath}
        backLabel={t('requests.back')}
      />
      <div className="msgs msgs--short msgs--req">
        <ol>
          <li>
            <PersonCard person={person} />
          </li>
          <li>
            <Bubble
              text={text}
              side={isSent ? 'out' : 'in'}
              isFirst
              meta={<time dateTime={new Date(askedAt).toISOString()}>{time(askedAt)}</time>}
            />
          </li>
        </ol>
        <footer className="comp comp--flow">
          <div className="glass rqb">
            {isSent ? <Sent {...actions} request={request} /> : <Received {...actions} request={request} />}
          </div>
        </footer>
      </div>
    </>
  )
}

type AnswerProps = Omit<RequestViewProps, 'box' | 'backPath'>

function Received({ request, busy, onAccept, onDecline }: AnswerProps) {
  const name = firstName(request)
  const isDeclined = request.state === 'declined'
  return (
    <>
      {isDeclined ? (
        <Question title={t('requests.notNowSaid')}>{t('requests.declinedText', { name })}</Question>
      ) : (
        <Question title={t('requests.let', { name })}>{t('requests.letText')}</Question>
      )}
      <div className="hstack">
        {!isDeclined && (
          <Button look="tonal" busy={busy} onClick={onDecline}>
            {t('requests.notNow')}
          </Button>
        )}
        <Button look="primary" busy={busy} onClick={onAccept}>
          {t('requests.accept')}
        </Button>
      </div>
    </>
  )
}

function Sent({ request, busy, onTakeBack }: AnswerProps) {
  return (
    <>
      <Question title={t('requests.waitingFor', { name: firstName(request) })}>{t('requests.waitingForText')}</Question>
      <Button look="tonal" busy={busy} onClick={onTakeBack}>
        {t('requests.takeBack')}
      </Button>
    </>
  )
}

function Question({ title, children }: { title: string; children: ReactNode }) {
  return (
    <p>
      <b>{title}</b>
      <span className="dim">{children}</span>
    </p>
  )
}

function statusOf({ state }: Request, box: Box): string {
  if (box === 'sent') return t('requests.waiting')
  return state === 'declined' ? t('requests.notNowSaid') : t('requests.wantsToWrite')
}

/** As one speaks of somebody: the first word of their name. */
function firstName({ person }: Request): string {
  return person.name.split(/\s/)[0] ?? person.name
}
