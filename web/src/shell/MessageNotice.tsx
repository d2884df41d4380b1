import '../theme/notice.css'
import { type ReactNode, useEffect, useState } from 'react'
import { t } from '../kernel/i18n.ts'
import { X } from '../ui/Icon.tsx'
import { IconButton } from '../ui/IconButton.tsx'

/** What was said in a chat that isn't open. */
export type Notice = {
  id: string
  /** Before the name: 40 px wide. */
  face: ReactNode
  name: string
  text: string
}

export type MessageNoticeProps = { notice: Notice; onOpen: () => void; onClose: () => void }

const SHOWN = 5000

/** A card at the top end: face, name, one line. Gone after five seconds, resting while pointed at or focused. */
export function MessageNotice({ notice, onOpen, onClose }: MessageNoticeProps) {
  const [isHeld, setHeld] = useState(false)
  useEffect(() => {
    if (isHeld) return
    const timer = setTimeout(onClose, SHOWN)
    return () => clearTimeout(timer)
  }, [isHeld, onClose])
  const { face, name, text } = notice
  return (
    <div
      className="notice glass glass--strong"
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
    >
      <button type="button" className="notice__b" onClick={onOpen}>
        {face}
        <span className="grow">
          <b className="cut" dir="auto">
            {name}
          </b>
          <span className="dim cut" dir="auto">
            {text}
          </span>
        </span>
      </button>
      <IconButton icon={X} iconSize={16} label={t('app.dismiss')} onClick={onClose} />
    </div>
  )
}
