import type { ReactNode } from 'react'
import { classes } from './classes.ts'
import { isJumbo } from './emoji.ts'
import { RichText } from './RichText.tsx'

export type BubbleProps = {
  text: string
  side: 'in' | 'out'
  isFirst: boolean
  /** The author's name, in their tint. */
  who?: ReactNode
  /** Stands before the bubble, at its foot; `null` keeps its place. */
  face?: ReactNode
  /** Time and state, at the end of the last line. */
  meta: ReactNode
  className?: string | undefined
}

/** A message as it lies in a room: text to the letter, its time floated to the end of the last line. */
export function Bubble({ text, side, isFirst, who, face, meta, className }: BubbleProps) {
  const name = classes('msg', `msg--${side}`, isFirst && 'msg--first', isJumbo(text) && 'msg--jumbo', className)
  return (
    <div className={name}>
      {face !== undefined && <span className="msg__av">{face}</span>}
      <div className="msg__c">
        <div className="bubble">
          {who}
          {/* Words lie in their own direction, with the time at their end; the bubble's corners stay those of the room. */}
          <div className="bubble__in" dir="auto">
            <span className="bubble__t">
              <RichText text={text} />
            </span>
            <span className="meta">{meta}</span>
          </div>
        </div>
      </div>
    </div>
  )
}
