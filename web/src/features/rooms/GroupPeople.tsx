import { setRole, type Member, type Role, type RoomLine, type Seat } from '@connectly/protocol'
import { useState } from 'react'
import { t } from '../../kernel/i18n.ts'
import '../../kernel/late-texts.ts'
import { useClient } from '../../kernel/use-client.ts'
import { Button } from '../../ui/Button.tsx'
import { Icon } from '../../ui/Icon.tsx'
import { IconButton } from '../../ui/IconButton.tsx'
import { SkeletonRows } from '../../ui/Skeleton.tsx'
import { actsOn, can } from './can.ts'
import { Face } from './Face.tsx'
import { ChevronDown, EllipsisVertical } from './icons.ts'
import { MemberFinder } from './MemberFinder.tsx'
import { byRole, roleName } from './members.ts'
import { firstName } from './preview.ts'
import { under, useHere, useWant } from './room-chrome.ts'
import { dateText } from './status.ts'
import { useMembers } from './use-members.ts'
import { useTry } from './use-try.tsx'

/** The people of a group, each with the role they have; who may gives another. */
export function GroupPeople({ line }: { line: RoomLine }) {
  const { me } = useClient()
  const [query, setQuery] = useState('')
  const found = useMembers(line.room.roomId, query)
  const shown = byRole(found.members)
  return (
    <>
      <div className="card__find">
        <MemberFinder count={line.room.members} query={query} onQuery={setQuery} />
      </div>
      {found.state === 'loading' && shown.length === 0 ? (
        <SkeletonRows label={t('groups.loadingMembers')} />
      ) : (
        <ul>
          {shown.map((member) => (
            <Row
              key={member.seat.userId}
              line={line}
              mine={found.me}
              member={member}
              isMe={member.seat.userId === me}
            />
          ))}
        </ul>
      )}
      {found.state === 'there' && shown.length === 0 && query !== '' && (
        <output className="dim card__find">{t('groups.noMember', { query })}</output>
      )}
      {found.hasMore && (
        <p className="card__find">
          <Button look="ghost" size="small" onClick={found.loadMore}>
            {t('groups.showMore')}
          </Button>
        </p>
      )}
    </>
  )
}

type RowProps = { line: RoomLine; mine: Seat | null; member: Member; isMe: boolean }

function Row({ line, mine, member, isMe }: RowProps) {
  const want = useWant()
  const { seat, person } = member
  const here = useHere().of.get(person.userId)
  const isOnline = isMe || here?.state === 'online'
  const canGive = can(mine, 'rooms.setRole') && !isMe && seat.role !== 'owner'
  return (
    <li className="li">
      <Face id={person.userId} name={person.name} size={40} isOnline={isOnline} />
      <span className="grow">
        <b className="cut">
          <bdi>{isMe ? t('groups.you') : person.name}</bdi>
        </b>
        <small className="cut">
          {isMe ? t('groups.since', { day: dateText(seat.joinedAt) }) : <bdi>@{person.username}</bdi>}
        </small>
      </span>
      {canGive ? <RoleSelect line={line} member={member} /> : <RoleTag role={seat.role} />}
      {actsOn(mine, seat).length > 0 && (
        <IconButton
          icon={EllipsisVertical}
          label={t('groups.memberMenu', { name: person.name })}
          aria-haspopup="menu"
          onClick={(event) => want?.({ kind: 'memberMenu', line, me: mine, member, at: under(event.currentTarget) })}
        />
      )}
    </li>
  )
}

function RoleTag({ role }: { role: Role }) {
  return role === 'member' ? (
    <span className="dim card__c">{roleName(role)}</span>
  ) : (
    <span className="tag">{roleName(role)}</span>
  )
}

const given = ['admin', 'member'] as const

function RoleSelect({ line, member: { seat, person } }: { line: RoomLine; member: Member }) {
  const { connection } = useClient()
  const attempt = useTry()
  const [chosen, setChosen] = useState<Role | null>(null)
  const name = firstName(person.name)
  const give = async (role: Role) => {
    setChosen(role)
    await attempt(
      () => connection.ask(setRole, { roomId: line.room.roomId, userId: person.userId, role }),
      t(role === 'admin' ? 'groups.adminSaid' : 'groups.memberSaid', { name }),
    )
    setChosen(null)
  }
  return (
    <span className="selw selw--sm">
      <select
        className="sel"
        aria-label={t('groups.roleOf', { name: person.name })}
        aria-busy={chosen !== null || undefined}
        value={chosen ?? seat.role}
        onChange={(event) => void give(event.target.value as Role)}
      >
        {given.map((role) => (
          <option key={role} value={role}>
            {roleName(role)}
          </option>
        ))}
      </select>
      <Icon of={ChevronDown} size={16} />
    </span>
  )
}
