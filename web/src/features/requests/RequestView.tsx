import { Ban, EllipsisVertical } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Request, Room } from '@connectly/protocol'
import { t, time } from '../../kernel/i18n.ts'
import { PaneHeader } from '../../shell/PaneHeader.tsx'
import { Bubble } from '../../ui/Bubble.tsx'
import { Banner } from '../../ui/Banner.tsx'
import { Button } from '../../ui/Button.tsx'
import { IconButton } from '../../ui/IconButton.tsx'
import { Menu, MenuItem } from '../../ui/Menu.tsx'
import { PersonCard } from './PersonCard.tsx'
import type { Box } from './RequestsPane.tsx'

export type RequestViewProps = {
  request: Request
  box: Box
  backPath: string
  /** Groups the two share. */
  common: readonly Room[]
  /** Why an answer was refused, with what may be done about it. */
  error?: { text: string; end?: ReactNode } | undefined
  /** While an answer is on its way. */
  busy: boolean
  onAccept: () => void
  onDecline: () => void
  onTakeBack: () => void
  onBlock: () => void
  onProfile: () => void
}

/** A request, read before it is answered. Goes into a `<Pane>`. */
export function RequestView({ request, box, backPath, common, error, ...actions }: RequestViewProps) {
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
        onWho={{ label: t('requests.openProfile', { name: person.name }), act: actions.onProfile }}
        actions={<More onBlock={actions.onBlock} />}
      />
      <div className="msgs msgs--short msgs--req">
        <ol>
          <li>
            <PersonCard person={person} common={common} />
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
          {error && (
            <Banner look="error" end={error.end}>
              {error.text}
            </Banner>
          )}
          <div className="glass rqb">
            {isSent ? <Sent {...actions} request={request} /> : <Received {...actions} request={request} />}
          </div>
        </footer>
      </div>
    </>
  )
}

function More({ onBlock }: { onBlock: () => void }) {
  return (
    <Menu
      label={t('requests.more')}
      className="menu--head"
      button={(props) => <IconButton icon={EllipsisVertical} label={t('requests.more')} {...props} />}
    >
      <MenuItem icon={Ban} onClick={onBlock}>
        {t('requests.block')}
      </MenuItem>
    </Menu>
  )
}

type AnswerProps = Omit<RequestViewProps, 'box' | 'backPath' | 'common' | 'error'>

function Received({ request, busy, onAccept, onDecline, onBlock }: AnswerProps) {
  const name = firstName(request)
  const isDeclined = request.state === 'declined'
  return (
    <>
      {isDeclined ? (
        <Question title={t('requests.notNowSaid')}>{t('requests.declinedText', { name })}</Question>
      ) : (
        <Question title={t('requests.let', { name })}>{t('requests.letText')}</Question>
      )}
      <div className="hstack rqb__a">
        <Button look="ghost" className="btn--rose" onClick={onBlock}>
          {t('requests.block')}
        </Button>
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
