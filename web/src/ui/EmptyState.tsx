import type { ReactNode } from 'react'
import { Illustration, type Scene } from './Illustration.tsx'

export type EmptyStateProps = {
  scene: Scene
  title: string
  text: string
  /** 1 where it is all there is on the page. */
  level?: 1 | 2
  actions?: ReactNode
  note?: ReactNode
}

/** A drawing, one title, one sentence, one way on. */
export function EmptyState({ scene, title, text, level = 2, actions, note }: EmptyStateProps) {
  const Title = level === 1 ? 'h1' : 'h2'
  return (
    <div className="empty">
      <Illustration scene={scene} />
      <Title className="empty__t">{title}</Title>
      <p>{text}</p>
      {actions && <div className="empty__a">{actions}</div>}
      {note && <span className="empty__n">{note}</span>}
    </div>
  )
}
