import { removeMember, type Member, type RoomLine } from '@connectly/protocol'
import { useState } from 'react'
import { t } from '../../kernel/i18n.ts'
import '../../kernel/late-texts.ts'
import { useClient } from '../../kernel/use-client.ts'
import { Asking } from './Asking.tsx'
import { Face } from './Face.tsx'
import { UserMinus } from './icons.ts'
import { nameOfLine } from './line.ts'
import { firstName } from './preview.ts'
import { useTry } from './use-try.tsx'

export type RemoveDialogProps = { line: RoomLine; member: Member; onClose: () => void }

/** Removes somebody from a group. */
export function RemoveDialog({ line, member: { person }, onClose }: RemoveDialogProps) {
  const { connection } = useClient()
  const attempt = useTry()
  const [busy, setBusy] = useState(false)
  const name = firstName(person.name)
  const remove = async () => {
    setBusy(true)
    const { roomId } = line.room
    const outcome = await attempt(
      () => connection.ask(removeMember, { roomId, userId: person.userId }),
      t('groups.removedSaid', { name }),
    )
    setBusy(false)
    if (outcome === 'done') onClose()
  }
  return (
    <Asking
      title={t('groups.removeTitle', { name: person.name })}
      text={t('groups.removeText', { name, group: nameOfLine(line) })}
      face={<Face id={person.userId} name={person.name} size={72} />}
      icon={UserMinus}
      stay={t('groups.cancel')}
      act={t('groups.remove')}
      busy={busy}
      onAct={() => void remove()}
      onClose={onClose}
    />
  )
}
