import { editRoom, MAX_ABOUT_LENGTH, MAX_NAME_LENGTH, type RoomLine, type Seat } from '@connectly/protocol'
import { useState, type FormEvent } from 'react'
import { number, t } from '../../kernel/i18n.ts'
import '../../kernel/late-texts.ts'
import { useClient } from '../../kernel/use-client.ts'
import { Card, CardBody, Page } from '../../shell/Page.tsx'
import { Button } from '../../ui/Button.tsx'
import { Field } from '../../ui/Field.tsx'
import { Icon } from '../../ui/Icon.tsx'
import { TextArea } from '../../ui/TextArea.tsx'
import { can } from './can.ts'
import { GroupPeople } from './GroupPeople.tsx'
import { aboutProblem, nameProblem } from './group-words.ts'
import { HandOverCard } from './HandOverCard.tsx'
import { UserPlus } from './icons.ts'
import { nameOfLine } from './line.ts'
import { useWant } from './room-chrome.ts'
import { TintPicker } from './TintPicker.tsx'
import { useMembers } from './use-members.ts'
import { useTry } from './use-try.tsx'

export type EditGroupProps = { line: RoomLine; backPath: string }

/** What a group is, who is in it and what they may do, and the ways out of it. */
export function EditGroup({ line, backPath }: EditGroupProps) {
  const want = useWant()
  const members = useMembers(line.room.roomId)
  const { me } = members
  const name = nameOfLine(line)
  return (
    <Page
      title={t('groups.editGroup')}
      sub={t('groups.editText', { name })}
      level={1}
      backPath={backPath}
      backLabel={t('groups.backToGroup')}
    >
      <div className="adg adg--wide">
        <div className="adg__c">
          <NameCard key={line.room.rev} line={line} me={me} />
        </div>
        <div className="adg__c">
          <Card
            title={t('groups.people')}
            end={<span className="dim card__c">{number(line.room.members)}</span>}
            foot={
              can(me, 'rooms.addMember') && (
                <Button look="tonal" size="small" onClick={() => want?.({ kind: 'add', line })}>
                  <Icon of={UserPlus} size={16} />
                  {t('groups.addPeople')}
                </Button>
              )
            }
          >
            <GroupPeople line={line} />
          </Card>
          {can(me, 'rooms.setRole') && <HandOverCard line={line} />}
          <section className="card danger" aria-labelledby="leave-card">
            <div className="card__h">
              <h2 className="grow" id="leave-card">
                {t('groups.leaveCard')}
              </h2>
            </div>
            <CardBody>
              <div className="acts">
                <Button className="btn--o" size="small" onClick={() => want?.({ kind: 'leave', line })}>
                  {t('groups.leaveGroup')}
                </Button>
              </div>
              <p className="dim">{t('groups.leaveCardText')}</p>
            </CardBody>
          </section>
        </div>
      </div>
    </Page>
  )
}

function NameCard({ line: { room }, me }: { line: RoomLine; me: Seat | null }) {
  const { connection } = useClient()
  const attempt = useTry()
  const [name, setName] = useState(room.name ?? '')
  const [about, setAbout] = useState(room.about)
  const [tint, setTint] = useState(room.tint)
  const [busy, setBusy] = useState(false)
  const mayEdit = can(me, 'rooms.edit')
  const isChanged = name.trim() !== room.name || about.trim() !== room.about || tint !== room.tint
  const problem = nameProblem(name) ?? aboutProblem(about)
  const save = async (event: FormEvent) => {
    event.preventDefault()
    if (problem || !isChanged) return
    setBusy(true)
    await attempt(() => connection.ask(editRoom, { roomId: room.roomId, name, about, tint }), t('groups.saved'))
    setBusy(false)
  }
  return (
    <form noValidate onSubmit={(event) => void save(event)}>
      <Card
        title={t('groups.nameAndPicture')}
        foot={
          mayEdit && (
            <Button
              look="primary"
              size="small"
              type="submit"
              busy={busy}
              aria-disabled={!isChanged || problem !== undefined || undefined}
            >
              {t('groups.save')}
            </Button>
          )
        }
      >
        <CardBody>
          <TintPicker id={room.roomId} name={name} tint={tint} onTint={setTint} isFixed={!mayEdit} />
          <Field
            label={t('groups.name')}
            value={name}
            readOnly={!mayEdit}
            onChange={(event) => setName(event.target.value)}
            autoComplete="off"
            dir="auto"
            hint={t('groups.nameLength', { count: number(name.trim().length), max: number(MAX_NAME_LENGTH) })}
            error={nameProblem(name)}
          />
          <TextArea
            label={t('groups.about')}
            value={about}
            readOnly={!mayEdit}
            onChange={(event) => setAbout(event.target.value)}
            rows={2}
            dir="auto"
            maxLength={MAX_ABOUT_LENGTH * 2}
            error={aboutProblem(about)}
          />
        </CardBody>
      </Card>
    </form>
  )
}
