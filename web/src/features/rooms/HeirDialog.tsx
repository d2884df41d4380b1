import { leaveRoom, type RoomLine, type UserId } from '@connectly/protocol'
import { useId, useState } from 'react'
import { month, t } from '../../kernel/i18n.ts'
import '../../kernel/late-texts.ts'
import { useClient } from '../../kernel/use-client.ts'
import { Button } from '../../ui/Button.tsx'
import { Dialog } from '../../ui/Dialog.tsx'
import { SkeletonRows } from '../../ui/Skeleton.tsx'
import { Face } from './Face.tsx'
import { byRole, roleName } from './members.ts'
import { firstName } from './preview.ts'
import { MemberFinder } from './MemberFinder.tsx'
import { useMembers } from './use-members.ts'
import { useTry } from './use-try.tsx'

export type HeirDialogProps = { line: RoomLine; onLeft: () => void; onClose: () => void }

/** The last owner names who owns the group then, and leaves. */
export function HeirDialog({ line, onLeft, onClose }: HeirDialogProps) {
  const { me, connection } = useClient()
  const attempt = useTry()
  const group = useId()
  const { roomId } = line.room
  const [query, setQuery] = useState('')
  const found = useMembers(roomId, query)
  const [chosen, setChosen] = useState<UserId | null>(null)
  const [busy, setBusy] = useState(false)
  const others = byRole(found.members).filter(({ seat }) => seat.userId !== me)
  const heir = others.find(({ seat }) => seat.userId === chosen) ?? others[0]
  const leave = async () => {
    if (!heir) return
    setBusy(true)
    const outcome = await attempt(
      () => connection.ask(leaveRoom, { roomId, heirId: heir.seat.userId }),
      t('groups.leftSaid', { name: line.room.name ?? '' }),
    )
    setBusy(false)
    if (outcome === 'failed') return
    onClose()
    onLeft()
  }
  return (
    <Dialog title={t('groups.heirTitle')} closeLabel={t('app.close')} onClose={onClose}>
      <p className="dim">{t('groups.heirText')}</p>
      <MemberFinder count={line.room.members} query={query} onQuery={setQuery} />
      {found.state === 'loading' && others.length === 0 ? (
        <SkeletonRows label={t('groups.loadingMembers')} />
      ) : (
        <fieldset className="opts opts--tall">
          <legend className="sr">{t('groups.newOwner')}</legend>
          {others.map(({ seat, person }) => (
            <label key={seat.userId} className="prow">
              <Face id={person.userId} name={person.name} size={40} />
              <span className="grow">
                <b className="cut">
                  <bdi>{person.name}</bdi>
                </b>
                <small>{t('groups.roleSince', { role: roleName(seat.role), month: month(seat.joinedAt) })}</small>
              </span>
              <input
                type="radio"
                name={group}
                checked={seat.userId === heir?.seat.userId}
                onChange={() => setChosen(seat.userId)}
              />
            </label>
          ))}
        </fieldset>
      )}
      {query !== '' && found.state === 'there' && others.length === 0 && (
        <output className="dim">{t('groups.noMember', { query })}</output>
      )}
      <div className="dialog__f">
        {heir && (
          <Button look="primary" busy={busy} onClick={() => void leave()}>
            {t('groups.heirAct', { name: firstName(heir.person.name) })}
          </Button>
        )}
        <Button look="ghost" onClick={onClose}>
          {t('groups.stay')}
        </Button>
      </div>
    </Dialog>
  )
}
