import type { Member, RoomLine } from '@connectly/protocol'
import { useId, useState } from 'react'
import { t } from '../../kernel/i18n.ts'
import '../../kernel/late-texts.ts'
import { useClient } from '../../kernel/use-client.ts'
import { Card, CardBody } from '../../shell/Page.tsx'
import { Button } from '../../ui/Button.tsx'
import { Dialog } from '../../ui/Dialog.tsx'
import { Icon } from '../../ui/Icon.tsx'
import { Face } from './Face.tsx'
import { Crown } from './icons.ts'
import { MemberFinder } from './MemberFinder.tsx'
import { byRole, roleName } from './members.ts'
import { useWant } from './room-chrome.ts'
import { useMembers } from './use-members.ts'

/** Where an owner hands the group over. */
export function HandOverCard({ line }: { line: RoomLine }) {
  const want = useWant()
  const [isChoosing, setChoosing] = useState(false)
  const choose = (member: Member) => {
    setChoosing(false)
    want?.({ kind: 'handOver', line, member })
  }
  return (
    <Card title={t('groups.handItOver')}>
      <CardBody>
        <p className="dim">{t(line.room.members > 1 ? 'groups.handItOverText' : 'groups.noHeir')}</p>
        {line.room.members > 1 && (
          <div className="acts">
            <Button className="btn--o" size="small" onClick={() => setChoosing(true)}>
              <Icon of={Crown} size={16} />
              {t('groups.chooseOwner')}
            </Button>
          </div>
        )}
      </CardBody>
      {isChoosing && <ChooseOwner line={line} onChoose={choose} onClose={() => setChoosing(false)} />}
    </Card>
  )
}

type ChooseOwnerProps = { line: RoomLine; onChoose: (member: Member) => void; onClose: () => void }

function ChooseOwner({ line, onChoose, onClose }: ChooseOwnerProps) {
  const { me } = useClient()
  const group = useId()
  const [query, setQuery] = useState('')
  const [chosen, setChosen] = useState<string | null>(null)
  const found = useMembers(line.room.roomId, query)
  const others = byRole(found.members).filter(({ seat }) => seat.userId !== me && seat.role !== 'owner')
  const member = others.find(({ seat }) => seat.userId === chosen) ?? others[0]
  return (
    <Dialog title={t('groups.chooseOwner')} closeLabel={t('app.close')} onClose={onClose}>
      <MemberFinder count={line.room.members} query={query} onQuery={setQuery} />
      <fieldset className="opts opts--tall">
        <legend className="sr">{t('groups.newOwner')}</legend>
        {others.map(({ seat, person }) => (
          <label key={seat.userId} className="prow">
            <Face id={person.userId} name={person.name} size={40} />
            <span className="grow">
              <b className="cut">
                <bdi>{person.name}</bdi>
              </b>
              <small>{roleName(seat.role)}</small>
            </span>
            <input
              type="radio"
              name={group}
              checked={seat.userId === member?.seat.userId}
              onChange={() => setChosen(seat.userId)}
            />
          </label>
        ))}
      </fieldset>
      {others.length === 0 && found.state === 'there' && (
        <output className="dim">{query === '' ? t('groups.noHeir') : t('groups.noMember', { query })}</output>
      )}
      {member && (
        <div className="dialog__f">
          <Button look="primary" onClick={() => onChoose(member)}>
            {t('groups.next')}
          </Button>
        </div>
      )}
    </Dialog>
  )
}
