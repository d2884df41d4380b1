import type { MessageId } from '@connectly/protocol'
import { useContext } from 'react'
import { t } from '../../kernel/i18n.ts'
import { classes } from '../../ui/classes.ts'
import { tintOf } from '../../ui/tint.ts'
import { plainText } from './plain-text.ts'
import { RoomLookups, RoomView } from './room-view.ts'

/** What a message answers: who said it, and one line of it. Pressing it leads there. */
export function Quote({ messageId }: { messageId: MessageId }) {
  const view = useContext(RoomView)
  const { nameOf, quoteOf } = useContext(RoomLookups)
  const original = quoteOf(messageId)
  if (!view || original === null || original?.deletedAt != null)
    return (
      <div className="quote quote--gone">
        <span className="cut">{t('room.quoteGone')}</span>
      </div>
    )
  const isMine = original?.authorId === view.me
  const name = original && (isMine ? t('room.you') : (nameOf(original.authorId) ?? ''))
  return (
    <button
      type="button"
      tabIndex={-1}
      className={classes('quote', original && !isMine && ['tint-name', tintOf(original.authorId)].join(' '))}
      onClick={() => view.onJump(messageId)}
    >
      <span className="sr">{t('room.replyTo')} </span>
      <span className="grow">
        <b className="cut" dir="auto">
          {name ?? '…'}
        </b>
        <span className="sr">: </span>
        <span className="cut" dir="auto">
          {original ? plainText(original.body, nameOf) : ' '}
        </span>
      </span>
    </button>
  )
}
