import '../../kernel/late-texts.ts'
import '../../theme/acts.css'
import { findMembers, foldText, type Mention, type Person, type RoomId } from '@connectly/protocol'
import { type KeyboardEvent, type RefObject, useEffect, useId, useImperativeHandle, useMemo, useState } from 'react'
import { t } from '../../kernel/i18n.ts'
import { slice, useClient, useWatched } from '../../kernel/use-client.ts'
import { Avatar } from '../../ui/Avatar.tsx'
import { Icon } from '../../ui/Icon.tsx'
import { can, type RoomState } from '../rooms/index.ts'
import { UsersRound } from './late-icons.ts'
import { ranked, type Candidate } from './mention-search.ts'

export type MentionMenuProps = {
  roomId: RoomId
  query: string
  /** What the text hands its keys to while this is open; `true` for one that was taken. */
  keys: RefObject<((event: KeyboardEvent) => boolean) | null>
  input: RefObject<HTMLTextAreaElement | null>
  onPick: (who: Mention['who'], name: string) => void
  onClose: () => void
}

const WAIT = 150

/** Members that the letters after an @ may mean. The first is chosen; Enter or Tab takes it. */
export function MentionMenu({ roomId, query, keys, input, onPick, onClose }: MentionMenuProps) {
  const { me, replica } = useClient()
  const room = slice<RoomState>(useWatched(replica.room(roomId)), 'rooms')
  const found = useFound(roomId, query, (room?.room?.members ?? 0) > (room?.members.length ?? 0))
  const candidates = useMemo(() => {
    const held = room?.members.map(({ person }) => person) ?? []
    const people = [...held, ...found].filter(({ userId }) => userId !== me)
    return ranked(people, query, can(room?.me, 'messages.mentionAll') ? t('acts.everyone') : null)
  }, [room, found, query, me])
  const id = useId()
  const [at, setAt] = useState({ query, index: 0 })
  const index = at.query === query ? Math.min(at.index, candidates.length - 1) : 0
  const chosen = candidates[index]

  useImperativeHandle(keys, () => {
    return (event) => {
      if (event.key === 'Escape') onClose()
      else if (!chosen || event.shiftKey || event.ctrlKey || event.metaKey) return false
      else if (event.key === 'Enter' || event.key === 'Tab') onPick(chosen.who, chosen.name)
      else if (event.key === 'ArrowDown') setAt({ query, index: (index + 1) % candidates.length })
      else if (event.key === 'ArrowUp') setAt({ query, index: (index - 1 + candidates.length) % candidates.length })
      else return false
      return true
    }
  })
  // The focus stays in the text, which says what is chosen here.
  const isOpen = candidates.length > 0
  useEffect(() => {
    const element = input.current
    if (!element || !isOpen) return
    element.setAttribute('aria-controls', id)
    element.setAttribute('aria-activedescendant', `${id}-${index}`)
    return () => {
      element.removeAttribute('aria-controls')
      element.removeAttribute('aria-activedescendant')
    }
  }, [input, id, index, isOpen])

  if (!isOpen) return null
  return (
    <div
      className="menu menu--2 menu--at-text glass glass--strong"
      // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- a datalist can't show faces, nor be told what is chosen
      role="listbox"
      id={id}
      aria-label={t('acts.people')}
    >
      {candidates.map((candidate, nth) => (
        // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- the text has the keys
        <div
          key={candidate.who}
          id={`${id}-${nth}`}
          // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- see above
          role="option"
          aria-selected={nth === index}
          tabIndex={-1}
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => onPick(candidate.who, candidate.name)}
        >
          <Row candidate={candidate} members={room?.room?.members ?? 0} />
          {nth === index && <kbd className="kbd">{t('acts.enter')}</kbd>}
        </div>
      ))}
    </div>
  )
}

function Row({ candidate, members }: { candidate: Candidate; members: number }) {
  const { who, name, username } = candidate
  return (
    <>
      {who === 'all' ? (
        <span className="menu__all">
          <Icon of={UsersRound} />
        </span>
      ) : (
        <Avatar id={who} name={name} size={32} />
      )}
      <span className="menu__t">
        <b className="cut">
          <bdi>{who === 'all' ? `@${name}` : name}</bdi>
        </b>
        <small className="cut">{who === 'all' ? t('acts.tellsAll', { count: members }) : `@${username}`}</small>
      </span>
    </>
  )
}

const nobody: readonly Person[] = []

/** Members beyond those that are held, where there are more. */
function useFound(roomId: RoomId, query: string, isPartial: boolean): readonly Person[] {
  const { connection } = useClient()
  const [found, setFound] = useState<readonly Person[]>(nobody)
  const text = foldText(query)
  useEffect(() => {
    if (!isPartial || text === '') return
    let isOld = false
    const timer = setTimeout(() => {
      connection
        .ask(findMembers, { roomId, text })
        .then((members) => isOld || setFound(members.map(({ person }) => person)))
        .catch(() => undefined)
    }, WAIT)
    return () => {
      isOld = true
      clearTimeout(timer)
    }
  }, [connection, roomId, text, isPartial])
  return found
}
