import type { Person, RoomId } from '@connectly/protocol'
import { Ban, Pencil } from 'lucide-react'
import { t } from '../kernel/i18n.ts'
import { Banner } from '../ui/Banner.tsx'
import { Button } from '../ui/Button.tsx'
import { classes } from '../ui/classes.ts'
import { Clock, Icon, MailPlus, MessageCircle, type IconProps } from '../ui/Icon.tsx'
import type { Standing } from './Profile.tsx'

export type ProfileActionsProps = {
  isMe: boolean
  isBlocked: boolean
  person: Person
  /** Why it could not be unblocked. */
  error: string | undefined
  standing: Standing
  onOpen: (roomId: RoomId) => void
  onAsk: () => void
  onRequests: (requestId: string) => void
  onEdit: () => void
}

/** What to do about somebody: the one thing that fits how we stand. */
export function ProfileActions(props: ProfileActionsProps) {
  const { isMe, isBlocked, person, error, standing, onOpen, onAsk, onRequests, onEdit } = props
  if (isMe) {
    return (
      <div className="d__acts">
        <Act icon={Pencil} label={t('people.editProfile')} isMain onClick={onEdit} />
      </div>
    )
  }
  return (
    <>
      {error && <Banner look="error">{error}</Banner>}
      {isBlocked && (
        <Banner look="again" icon={<Icon of={Ban} size={16} />}>
          {t('people.youBlocked', { name: person.name })}
        </Banner>
      )}
      <div className="d__acts">
        <Main standing={standing} isBlocked={isBlocked} onOpen={onOpen} onAsk={onAsk} onRequests={onRequests} />
      </div>
    </>
  )
}

type MainProps = Pick<ProfileActionsProps, 'standing' | 'isBlocked' | 'onOpen' | 'onAsk' | 'onRequests'>

function Main({ standing, isBlocked, onOpen, onAsk, onRequests }: MainProps) {
  switch (standing.kind) {
    case 'contact':
      return (
        <Act
          icon={MessageCircle}
          label={t('people.message')}
          isMain={!isBlocked}
          onClick={() => onOpen(standing.roomId)}
        />
      )
    case 'asked':
      return <Act icon={Clock} label={t('people.asked')} onClick={() => onRequests(standing.requestId)} />
    case 'asksMe':
      return (
        <Act icon={MailPlus} label={t('people.seeRequest')} isMain onClick={() => onRequests(standing.requestId)} />
      )
    case 'stranger':
      return !isBlocked && <Act icon={MailPlus} label={t('people.askToTalk')} isMain onClick={onAsk} />
  }
}

type ActProps = { icon: IconProps['of']; label: string; isMain?: boolean; onClick: () => void }

function Act({ icon, label, isMain, onClick }: ActProps) {
  return (
    <button type="button" className={classes('d__act', isMain && 'pf__main')} onClick={onClick}>
      <Icon of={icon} />
      {label}
    </button>
  )
}

type FootProps = { isBlocked: boolean; onBlock: () => void; onUnblock: () => void }

/** At a profile's foot: the way to have nothing to do with each other, and back. */
export function ProfileFoot({ isBlocked, onBlock, onUnblock }: FootProps) {
  return isBlocked ? (
    <Button size="small" look="tonal" onClick={onUnblock}>
      {t('people.unblock')}
    </Button>
  ) : (
    <Button size="small" className="btn--dt" onClick={onBlock}>
      <Icon of={Ban} size={16} />
      {t('people.block')}
    </Button>
  )
}
