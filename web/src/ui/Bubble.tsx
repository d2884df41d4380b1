import type { ReactNode } from 'react'
import { classes } from './classes.ts'
import { isJumbo } from './emoji.ts'
import { RichText } from './RichText.tsx'

export type BubbleProps = {
  text: string
  /** The words as they are drawn, where that is more than the text with its addresses. */
  words?: ReactNode
  side: 'in' | 'out'
  isFirst: boolean
  /** The author's name, in their tint. */
  who?: ReactNode
  /** What it answers. */
  quote?: ReactNode
  /** Stands before the bubble, at its foot; `null` keeps its place. */
  face?: ReactNode
  /** Time and state, at the end of the last line. */
  meta: ReactNode
  /** Tools beside it. */
  tools?: ReactNode
  /** What is left of something that was deleted: an outline. */
  look?: 'tomb' | undefined
  className?: string | undefined
}

/** A message as it lies in a room: text to the letter, its time floated to the end of the last line. */
export function Bubble(props: BubbleProps) {
  const { text, words, side, isFirst, who, quote, face, meta, tools, look, className } = props
  const isLarge = look === undefined && isJumbo(text)
  return (
    <div className={classes('msg', `msg--${side}`, isFirst && 'msg--first', isLarge && 'msg--jumbo', className)}>
      {face !== undefined && <span className="msg__av">{face}</span>}
      <div className="msg__c">
        <div className={classes('bubble', look === 'tomb' && 'bubble--tomb')}>
          {who}
          {quote}
          {/* Words lie in their own direction, with the time at their end; the bubble's corners stay those of the room. */}
          <div className="bubble__in" dir="auto">
            <div className="bubble__t">{words ?? <RichText text={text} />}</div>
            <span className="meta">{meta}</span>
          </div>
        </div>
        {tools}
      </div>
    </div>
  )
}
