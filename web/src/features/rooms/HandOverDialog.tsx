import { foldText, handOver, type Member, type RoomLine } from '@connectly/protocol'
import { useState, type FormEvent } from 'react'
import { t } from '../../kernel/i18n.ts'
import '../../kernel/late-texts.ts'
import { useClient } from '../../kernel/use-client.ts'
import { Button } from '../../ui/Button.tsx'
import { Dialog } from '../../ui/Dialog.tsx'
import { Field } from '../../ui/Field.tsx'
import { Icon } from '../../ui/Icon.tsx'
import { Face } from './Face.tsx'
import { ArrowRight } from './icons.ts'
import { nameOfLine } from './line.ts'
import { firstName } from './preview.ts'
import { useMembers } from './use-members.ts'
import { useTry } from './use-try.tsx'

export type HandOverDialogProps = { line: RoomLine; member: Member; onClose: () => void }

/** Makes somebody else the owner. Only they can undo it, so the group's name is typed first. */
export function HandOverDialog({ line, member: { person }, onClose }: HandOverDialogProps) {
  const { me, connection } = useClient()
  const attempt = useTry()
  const mine = useMembers(line.room.roomId).members.find(({ seat }) => seat.userId === me)
  const [typed, setTyped] = useState('')
  const [isTold, setTold] = useState(false)
  const [busy, setBusy] = useState(false)
  const name = firstName(person.name)
  const group = nameOfLine(line)
  const isRight = foldText(typed.trim()) === foldText(group.trim())
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (!isRight) return setTold(true)
    setBusy(true)
    const { roomId } = line.room
    const outcome = await attempt(
      () => connection.ask(handOver, { roomId, userId: person.userId }),
      t('groups.handedOver', { name }),
    )
    setBusy(false)
    if (outcome === 'done') onClose()
  }
  return (
    <Dialog title={t('groups.handOverTitle', { name })} closeLabel={t('app.close')} onClose={onClose}>
      <form className="dlg__form" onSubmit={(event) => void submit(event)}>
        <p className="dim">{t('groups.handOverText', { name })}</p>
        <div className="dlg__hand">
          <Face id={me} name={mine?.person.name ?? ''} size={56} />
          <Icon of={ArrowRight} size={24} directional className="dim" />
          <Face id={person.userId} name={person.name} size={56} />
        </div>
        <Field
          label={t('groups.typeName')}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          autoComplete="off"
          dir="auto"
          hint={t('groups.typeNameHint', { name: group })}
          error={isTold && !isRight ? t('groups.typeNameHint', { name: group }) : undefined}
        />
        <div className="dlg__f">
          <Button className="btn--o" onClick={onClose}>
            {t('groups.cancel')}
          </Button>
          <Button look="primary" type="submit" aria-disabled={!isRight || undefined} busy={busy}>
            {t('groups.handOverAct', { name })}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
