import type { Member, RoomLine, UserId } from '@connectly/protocol'
import { useEffect, useRef, useState, type MouseEvent } from 'react'
import { number, t } from '../../kernel/i18n.ts'
import '../../kernel/late-texts.ts'
import { useClient } from '../../kernel/use-client.ts'
import { Button } from '../../ui/Button.tsx'
import { SkeletonRows } from '../../ui/Skeleton.tsx'
import { Face } from './Face.tsx'
import { MemberFinder } from './MemberFinder.tsx'
import { byRole, roleName } from './members.ts'
import { under, useHere, useWant } from './room-chrome.ts'
import { lastSeenText } from './status.ts'
import { useGlide } from './use-glide.ts'
import { useKeptFocus } from './use-kept-focus.ts'
import { useMembers } from './use-members.ts'

/** Members of which one hears whether they are here: those that a panel can show at once, and some. */
const WATCHED = 60

export type MemberListProps = { line: RoomLine }

/** Who is in a group: how they are, what they may do, and what may be done with them. */
export function MemberList({ line }: MemberListProps) {
  const { me } = useClient()
  const want = useWant()
  const here = useHere()
  const [query, setQuery] = useState('')
  const found = useMembers(line.room.roomId, query)
  const shown = byRole(found.members)
  const watched = shown
    .slice(0, WATCHED)
    .map(({ seat }) => seat.userId)
    .join()
  const { show } = here
  const list = useRef<HTMLUListElement>(null)
  const order = shown.map(({ seat }) => seat.userId).join()
  useGlide(list, query, order)
  useKeptFocus(list, order)
  useEffect(() => {
    show(watched === '' ? [] : (watched.split(',') as UserId[]))
    return () => show([])
  }, [watched, show])
  const open = (member: Member) => (event: MouseEvent<HTMLElement>) => {
    event.preventDefault()
    want?.({ kind: 'memberMenu', line, me: found.me, member, at: under(event.currentTarget) })
  }
  return (
    <section className="d__sec" aria-label={t('groups.members')}>
      <h3>
        {t('groups.members')} <span>{number(line.room.members)}</span>
      </h3>
      <MemberFinder count={line.room.members} query={query} onQuery={setQuery} />
      {found.state === 'loading' && shown.length === 0 ? (
        <SkeletonRows label={t('groups.loadingMembers')} />
      ) : (
        <ul className="mems" ref={list}>
          {shown.map((member) => (
            <li key={member.seat.userId} data-key={member.seat.userId}>
              <MemberRow member={member} isMe={member.seat.userId === me} onOpen={open(member)} />
            </li>
          ))}
        </ul>
      )}
      {found.state === 'there' && shown.length === 0 && query !== '' && (
        <output className="dim">{t('groups.noMember', { query })}</output>
      )}
      {found.state === 'failed' && (
        <p className="dim" role="alert">
          {t('groups.membersFailed')}{' '}
          <Button look="ghost" size="small" onClick={found.loadMore}>
            {t('groups.tryAgain')}
          </Button>
        </p>
      )}
      {found.hasMore && found.state === 'there' && (
        <Button look="ghost" size="small" onClick={found.loadMore}>
          {t('groups.showMore')}
        </Button>
      )}
    </section>
  )
}

type MemberRowProps = { member: Member; isMe: boolean; onOpen: (event: MouseEvent<HTMLElement>) => void }

function MemberRow({ member: { seat, person }, isMe, onOpen }: MemberRowProps) {
  const here = useHere().of.get(person.userId)
  const isOnline = isMe || here?.state === 'online'
  const content = (
    <>
      <Face id={person.userId} name={person.name} size={36} isOnline={isOnline} />
      <span className="grow">
        <b className="cut">
          <bdi>{isMe ? t('groups.you') : person.name}</bdi>
        </b>
        <small className="cut">
          {isOnline ? (
            t('chats.onlineNow')
          ) : here?.state === 'offline' && here.lastSeenAt !== null ? (
            lastSeenText(here.lastSeenAt)
          ) : (
            <bdi>@{person.username}</bdi>
          )}
        </small>
      </span>
      {person.kind === 'bot' || person.kind === 'ai' ? (
        <span className="tag">{person.kind === 'ai' ? 'AI' : 'Bot'}</span>
      ) : null}
      {seat.role !== 'member' && <span className="tag">{roleName(seat.role)}</span>}
    </>
  )
  if (isMe) return <div className="mem">{content}</div>
  return (
    <button type="button" className="mem" aria-haspopup="menu" onClick={onOpen} onContextMenu={onOpen}>
      {content}
    </button>
  )
}
