import { deleteMessage, hideMessages, MAX_NAMED, type RoomLine } from '@connectly/protocol'
import { useContext, useState } from 'react'
import { number, t, time } from '../../kernel/i18n.ts'
import { useClient } from '../../kernel/use-client.ts'
import { useToast } from '../../shell/Toaster.tsx'
import { Avatar } from '../../ui/Avatar.tsx'
import { Button, buttonClass } from '../../ui/Button.tsx'
import { Dialog } from '../../ui/Dialog.tsx'
import { errorText } from '../accounts/index.ts'
import { nameOfLine } from '../rooms/index.ts'
import { deletableUntil, type Rights } from './acts.ts'
import { askUntilAnswered } from './asking.ts'
import type { MessageItem } from './layout.ts'
import { plainText } from './plain-text.ts'
import { RoomLookups, RoomView } from './room-view.ts'

export type DeleteDialogProps = {
  line: RoomLine
  items: readonly MessageItem[]
  rights: Rights
  onClose: () => void
  /** What was chosen is on its way out. */
  onDone: () => void
}

const SHOWN = 3

/** Deletes messages: for everyone, where that is still possible, or for oneself. */
export function DeleteDialog({ line, items, rights, onClose, onDone }: DeleteDialogProps) {
  const { connection } = useClient()
  const view = useContext(RoomView)
  const { nameOf } = useContext(RoomLookups)
  const say = useToast()
  const until = deletableUntil(items, rights)
  const [openedAt] = useState(() => Date.now())
  const canAll = until === 'always' || (until !== 'never' && until > openedAt)
  const [scope, setScope] = useState<'all' | 'me'>(canAll ? 'all' : 'me')
  const { roomId } = line.room
  const myName = (view && nameOf(view.me)) ?? t('room.you')

  const act = async () => {
    const messageIds = items.map(({ message }) => message.messageId)
    if (scope === 'all')
      for (const messageId of messageIds) await askUntilAnswered(connection, deleteMessage, { roomId, messageId })
    else
      for (let at = 0; at < messageIds.length; at += MAX_NAMED)
        await askUntilAnswered(connection, hideMessages, { roomId, messageIds: messageIds.slice(at, at + MAX_NAMED) })
  }
  const onDelete = () => {
    act().catch((error: unknown) => say({ kind: 'error', text: errorText(error) }))
    if (connection.line.get().state !== 'open') say({ text: t('acts.deletesLater') })
    onDone()
    onClose()
  }
  const count = items.length
  return (
    <Dialog
      title={t(count === 1 ? 'acts.deleteOne' : 'acts.deleteSeveral', { count })}
      closeLabel={t('app.close')}
      onClose={onClose}
    >
      <ul className="excerpt">
        {items.slice(0, SHOWN).map((item) => (
          <li key={item.id}>
            <Avatar id={item.message.authorId} name={item.author?.name ?? myName} size={28} />
            <span className="excerpt__t" dir="auto">
              {plainText(item.message.body, nameOf)}
            </span>
            <time>{time(item.message.at)}</time>
          </li>
        ))}
        {count > SHOWN && <li className="dim">{t('acts.andMore', { count: count - SHOWN })}</li>}
      </ul>
      {canAll ? (
        <div className="opts" role="radiogroup" aria-label={t('acts.deleteFor')}>
          <label className="opt">
            <input type="radio" name="scope" checked={scope === 'all'} onChange={() => setScope('all')} />
            <span className="opt__t">
              {t('acts.deleteForEveryone')}
              <small>{t('acts.aLineStays', { name: myName })}</small>
            </span>
            {typeof until === 'number' && <span className="opt__v">{leftText(until - openedAt)}</span>}
          </label>
          <label className="opt">
            <input type="radio" name="scope" checked={scope === 'me'} onChange={() => setScope('me')} />
            <span className="opt__t">
              {t('acts.deleteForMe')}
              <small>{t('acts.othersKeep', { name: nameOfLine(line) })}</small>
            </span>
          </label>
        </div>
      ) : (
        <p className="dim">{t('acts.onlyForMe', { name: nameOfLine(line) })}</p>
      )}
      <div className="dialog__f dialog__f--row">
        <Button look="tonal" onClick={onClose}>
          {t('acts.cancel')}
        </Button>
        <button type="button" className={buttonClass('plain', undefined, 'btn--d')} onClick={onDelete}>
          {t(scope === 'all' ? 'acts.doDeleteForEveryone' : 'acts.doDeleteForMe')}
        </button>
      </div>
    </Dialog>
  )
}

function leftText(ms: number): string {
  const hours = Math.floor(ms / 3_600_000)
  return hours > 0
    ? t('acts.hoursLeft', { hours: number(hours) })
    : t('acts.minutesLeft', { minutes: number(Math.max(1, Math.floor(ms / 60_000))) })
}
