import '../../theme/chat-acts.css'
import { setRole, type Member, type RoomLine, type Seat } from '@connectly/protocol'
import { t } from '../../kernel/i18n.ts'
import '../../kernel/late-texts.ts'
import { useClient } from '../../kernel/use-client.ts'
import { UserRound } from '../../ui/Icon.tsx'
import { actsOn } from './can.ts'
import { FloatingItem, FloatingMenu } from './FloatingMenu.tsx'
import { Crown, ShieldCheck, ShieldMinus, UserMinus } from './icons.ts'
import { firstName } from './preview.ts'
import type { At, RoomWays, Want } from './room-chrome.ts'
import { useTry } from './use-try.tsx'

export type MemberMenuProps = {
  line: RoomLine
  /** My own seat; what it may do decides what is listed. */
  me: Seat | null
  member: Member
  at: At
  ways: RoomWays
  onWant: Want
  onClose: () => void
}

/** What may be done with somebody in a group. */
export function MemberMenu({ line, me, member, at, ways, onWant, onClose }: MemberMenuProps) {
  const { connection } = useClient()
  const attempt = useTry()
  const { roomId } = line.room
  const { person } = member
  const name = firstName(person.name)
  const acts = actsOn(me, member.seat)
  const give = (role: 'admin' | 'member', said: string) => () => {
    onClose()
    void attempt(() => connection.ask(setRole, { roomId, userId: person.userId, role }), said)
  }
  return (
    <FloatingMenu label={t('groups.memberMenu', { name: person.name })} at={at} onClose={onClose}>
      <FloatingItem
        icon={UserRound}
        onClick={() => {
          onClose()
          ways.profile(person.userId)
        }}
      >
        {t('groups.profile')}
      </FloatingItem>
      {acts.includes('makeAdmin') && (
        <FloatingItem icon={ShieldCheck} onClick={give('admin', t('groups.adminSaid', { name }))}>
          {t('groups.makeAdmin')}
        </FloatingItem>
      )}
      {acts.includes('makeMember') && (
        <FloatingItem icon={ShieldMinus} onClick={give('member', t('groups.memberSaid', { name }))}>
          {t('groups.makeMember')}
        </FloatingItem>
      )}
      {acts.includes('handOver') && (
        <FloatingItem icon={Crown} onClick={() => onWant({ kind: 'handOver', line, member })}>
          {t('groups.handOver')}
        </FloatingItem>
      )}
      {acts.includes('remove') && (
        <FloatingItem icon={UserMinus} look="rose" onClick={() => onWant({ kind: 'remove', line, member })}>
          {t('groups.remove')}
        </FloatingItem>
      )}
    </FloatingMenu>
  )
}
