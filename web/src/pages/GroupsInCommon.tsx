import type { Room } from '@connectly/protocol'
import { useState } from 'react'
import { Link } from '../kernel/router.ts'
import { Face } from '../features/rooms/index.tsx'
import { number, t } from '../kernel/i18n.ts'
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
          {rooms.slice(0, FACES).map(({ roomId, name, tint }) => (
            <Face key={roomId} id={roomId} name={name ?? ''} tint={tint} size={24} />
          ))}
        </span>
        {number(rooms.length)}
      </button>
      {isOpen && (
        <ul className="pf__list">
          {rooms.map(({ roomId, name, tint }) => (
            <li key={roomId}>
              <Link to={roomPath(roomId)} replace>
                <Face id={roomId} name={name ?? ''} tint={tint} size={32} />
                <bdi className="cut">{name}</bdi>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </>
  )
}
