import type { Room } from '@connectly/protocol'
import { useState } from 'react'
import { Link } from '../kernel/router.ts'
import { number, t } from '../kernel/i18n.ts'
import { Avatar } from '../ui/Avatar.tsx'
import { roomPath } from './paths.ts'

const FACES = 3

/** Groups two people share: faces and a number, and on a press the groups themselves. */
export function GroupsInCommon({ rooms }: { rooms: readonly Room[] }) {
  const [isOpen, setOpen] = useState(false)
  if (rooms.length === 0) return t('people.noGroups')
  return (
    <>
      <button
        type="button"
        className="pf__groups"
        aria-expanded={isOpen}
        aria-label={t('people.showGroups', { count: rooms.length })}
        onClick={() => setOpen(!isOpen)}
      >
        <span className="stack">
          {rooms.slice(0, FACES).map(({ roomId, name }) => (
            <Avatar key={roomId} id={roomId} name={name ?? ''} size={28} />
          ))}
        </span>
        {number(rooms.length)}
      </button>
      {isOpen && (
        <ul className="pf__list">
          {rooms.map(({ roomId, name }) => (
            <li key={roomId}>
              <Link to={roomPath(roomId)} replace>
                <Avatar id={roomId} name={name ?? ''} size={28} />
                <bdi className="cut">{name}</bdi>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </>
  )
}
