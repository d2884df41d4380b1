import { createContext, type ReactNode, useContext, useId } from 'react'
import { Link } from '../kernel/router.ts'
import { ChevronLeft, Icon } from '../ui/Icon.tsx'
import { classes } from '../ui/classes.ts'
import { LineBanner } from './LineBanner.tsx'

/** The level of a page's title; its cards are one below. */
const Level = createContext<1 | 2>(1)

export type PageProps = {
  title: string
  sub: string
  /** 2 where the list beside it bears the page's title. */
  level: 1 | 2
  /** Where a phone's back button leads. */
  backPath: string
  backLabel: string
  children: ReactNode
}

/** The sheet of a settings page: its title, one sentence, and cards. */
export function Page({ title, sub, level, backPath, backLabel, children }: PageProps) {
  const Title = level === 1 ? 'h1' : 'h2'
  return (
    <section className="pane" aria-label={title}>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reached by keys */}
      <div className="page" tabIndex={0}>
        <div className="page__in">
          <LineBanner />
          <div className="pagehead">
            <Link className="ib only-mob pagehead__back" to={backPath} aria-label={backLabel} title={backLabel}>
              <Icon of={ChevronLeft} size={24} directional />
            </Link>
            <div className="grow">
              <Title className="h1">{title}</Title>
              <p className="sub">{sub}</p>
            </div>
          </div>
          <Level value={level}>{children}</Level>
        </div>
      </div>
    </section>
  )
}

export type CardProps = { title: string; note?: string; end?: ReactNode; foot?: ReactNode; children: ReactNode }

/** Rows that belong together, with the card's one action at its foot. */
export function Card({ title, note, end, foot, children }: CardProps) {
  const id = useId()
  const Title = useContext(Level) === 1 ? 'h2' : 'h3'
  return (
    <section className="card" aria-labelledby={id}>
      <div className="card__h">
        <Title className="grow" id={id}>
          {title}
        </Title>
        {end}
      </div>
      {note && <p className="card__n">{note}</p>}
      {children}
      {foot && <div className="card__f">{foot}</div>}
    </section>
  )
}

/** What of a card is not a row. */
export function CardBody({ className, children }: { className?: string; children: ReactNode }) {
  return <div className={classes('card__b', className)}>{children}</div>
}
