import { addMember, type Person, type RoomLine, type UserId } from '@connectly/protocol'
import { useMemo, useState, type FormEvent } from 'react'
import { list, t } from '../../kernel/i18n.ts'
import '../../kernel/late-texts.ts'
import { useClient } from '../../kernel/use-client.ts'
import { useToast } from '../../shell/Toaster.tsx'
import { Button } from '../../ui/Button.tsx'
import { Dialog } from '../../ui/Dialog.tsx'
import { CircleAlert, Icon } from '../../ui/Icon.tsx'
import { PeoplePicker } from './PeoplePicker.tsx'
import { useContacts } from './use-contacts.ts'
import { useMembers } from './use-members.ts'
import { actErrorText } from './use-try.tsx'

export type AddPeopleDialogProps = { line: RoomLine; onClose: () => void }

/** Adds people one talks to to a group. Who is in it already is not offered, and would change nothing. */
export function AddPeopleDialog({ line, onClose }: AddPeopleDialogProps) {
  const { connection } = useClient()
  const say = useToast()
  const contacts = useContacts()
  const { members } = useMembers(line.room.roomId)
  const [picked, setPicked] = useState<ReadonlySet<UserId>>(new Set())
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<string>()
  const people = useMemo(() => {
    const here = new Set(members.map(({ seat }) => seat.userId))
    return contacts.filter((person) => !here.has(person.userId))
  }, [contacts, members])
  const chosen = people.filter((person) => picked.has(person.userId))

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (chosen.length === 0) return
    setBusy(true)
    setError(undefined)
    const { roomId } = line.room
    const left: Person[] = []
    let why = ''
    // One after the other: each is an act of its own in the group's log, in the order they were picked.
    for (const person of chosen) {
      try {
        await connection.ask(addMember, { roomId, userId: person.userId })
      } catch (caught) {
        left.push(person)
        why = actErrorText(caught)
      }
    }
    setBusy(false)
    const added = chosen.length - left.length
    if (added > 0) say({ text: t('groups.addedSaid', { count: added }) })
    if (left.length === 0) return onClose()
    setPicked(new Set(left.map((person) => person.userId)))
    setError(t('groups.notAdded', { names: list(left.map((person) => person.name)), why }))
  }
  return (
    <Dialog title={t('groups.addPeople')} closeLabel={t('app.close')} onClose={onClose}>
      <form className="dlg__form" onSubmit={(event) => void submit(event)}>
        <PeoplePicker
          people={people}
          picked={picked}
          onPick={setPicked}
          empty={
            contacts.length === 0
              ? { title: t('groups.nobodyYetTitle'), text: t('groups.nobodyYetText') }
              : { title: t('groups.nobodyLeftTitle'), text: t('groups.nobodyLeftText') }
          }
        />
        {error && (
          <p className="hint hint--err" role="alert">
            <Icon of={CircleAlert} size={16} />
            <span>{error}</span>
          </p>
        )}
        {people.length > 0 && (
          <div className="dlg__f">
            <Button look="primary" type="submit" busy={busy} aria-disabled={chosen.length === 0 || undefined}>
              {chosen.length === 0 ? t('groups.add') : t('groups.addCount', { count: chosen.length })}
            </Button>
          </div>
        )}
      </form>
    </Dialog>
  )
}
