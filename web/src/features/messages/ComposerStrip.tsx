import type { Message } from '@connectly/protocol'
import { useContext } from 'react'
import { t } from '../../kernel/i18n.ts'
import { Icon, X } from '../../ui/Icon.tsx'
import { IconButton } from '../../ui/IconButton.tsx'
import { Pencil, Reply } from './icons.ts'
import { plainText } from './plain-text.ts'
import { RoomLookups, RoomView } from './room-view.ts'

export type ComposerStripProps = {
  kind: 'reply' | 'edit'
  /** What is answered or edited; `null` where it is gone. */
  message: Message | null | undefined
  onClose: () => void
}

/** Says above the text what it answers, or what it takes the place of. */
export function ComposerStrip({ kind, message, onClose }: ComposerStripProps) {
  const view = useContext(RoomView)
  const { nameOf } = useContext(RoomLookups)
  const name = message && (nameOf(message.authorId) ?? '')
  const isMine = message?.authorId === view?.me
  const title =
    kind === 'edit' ? t('room.editing') : isMine ? t('room.replyingSelf') : t('room.replying', { name: name ?? '' })
  return (
    <div className="comp__reply">
      <Icon of={kind === 'edit' ? Pencil : Reply} {...(kind === 'reply' && { directional: true })} />
      <span className="quote grow">
        <span className="grow">
          <b className="cut" dir="auto">
            {title}
          </b>
          <span className="cut" dir="auto">
            {message ? plainText(message.body, nameOf) : message === null ? t('room.quoteGone') : ' '}
          </span>
        </span>
      </span>
      <IconButton icon={X} label={t(kind === 'edit' ? 'room.stopEdit' : 'room.stopReply')} onClick={onClose} />
    </div>
  )
}
