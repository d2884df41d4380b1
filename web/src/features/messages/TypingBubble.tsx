import type { RoomId } from '@connectly/protocol'
import { t } from '../../kernel/i18n.ts'
import { useTyping } from '../presence/index.ts'

/** Where the next message will stand, while somebody writes it. The header says who; readers hear it there. */
export function TypingBubble({ roomId, isGroup }: { roomId: RoomId; isGroup: boolean }) {
  if (useTyping(roomId).count === 0) return null
  return (
    <li className="msg msg--in msg--first msg--typing" aria-hidden="true">
      {isGroup && <span className="msg__av" />}
      <div className="msg__c">
        <div className="bubble bubble--ty">
          <span className="dots">
            <i />
            <i />
            <i />
          </span>
          <span className="ty__t">{t('room.isTyping')}</span>
        </div>
      </div>
    </li>
  )
}

/** Room that the list keeps for it below the last message, in px. */
export const TYPING_HEIGHT = 46
