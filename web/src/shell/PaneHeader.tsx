import type { ReactNode } from 'react'
import { Link } from '../kernel/router.ts'
import { t } from '../kernel/i18n.ts'
import { Avatar } from '../ui/Avatar.tsx'
import { classes } from '../ui/classes.ts'
import { ChevronLeft, Icon } from '../ui/Icon.tsx'
import { Spinner } from '../ui/Spinner.tsx'
import { tintOf } from '../ui/tint.ts'

export type PaneHeaderProps = {
  /** Decides the tint: the other person's id, or the group's. */
  id: string
  name: string
  /** One line under the name: `@priya.r`, `12 members`. */
  status: string
  isConnecting?: boolean
  backPath: string
  /** Where that leads, in words. Back to chats unless told otherwise. */
  backLabel?: string
  /** What a press on face and name does, and its name: `Open profile of Priya Raman`. */
  onWho?: { label: string; act: () => void }
  /** What may be done here, at the end of the line. */
  actions?: ReactNode
}

/** The page's title: who is being talked to. */
export function PaneHeader({
  id,
  name,
  status,
  isConnecting,
  backPath,
  backLabel = t('room.back'),
  onWho,
  actions,
}: PaneHeaderProps) {
  return (
    <header className={classes('head glass', tintOf(id))}>
      <Link className="ib only-mob head__back" to={backPath} aria-label={backLabel} title={backLabel}>
        <Icon of={ChevronLeft} size={24} directional />
      </Link>
      <div className="head__who grow">
        {onWho && (
          <button
            type="button"
            className="head__open"
            aria-label={onWho.label}
            title={onWho.label}
            onClick={onWho.act}
          />
        )}
        <Avatar id={id} name={name} size={40} />
        <div className="grow">
          <h1 className="head__n">
            <span className="cut" dir="auto">
              {name}
            </span>
          </h1>
          <p className="head__s">
            {isConnecting && <Spinner size={13} />}
            <bdi className="cut">{isConnecting ? t('room.connecting') : status}</bdi>
          </p>
        </div>
      </div>
      {actions && <div className="head__a">{actions}</div>}
    </header>
  )
}
