import { createGroup, type LocalId, type RoomId, type UserId } from '@connectly/protocol'
import { useId, useRef, useState, type FormEvent } from 'react'
import { list, t } from '../../kernel/i18n.ts'
import '../../kernel/late-texts.ts'
import { newLocalId } from '../../kernel/local-id.ts'
import { useClient } from '../../kernel/use-client.ts'
import { Sheet } from '../../shell/Sheet.tsx'
import { Button } from '../../ui/Button.tsx'
import { Field } from '../../ui/Field.tsx'
import { CircleAlert, Icon, X } from '../../ui/Icon.tsx'
import { IconButton } from '../../ui/IconButton.tsx'
import { TextArea } from '../../ui/TextArea.tsx'
import { VisuallyHidden } from '../../ui/VisuallyHidden.tsx'
import { aboutProblem, nameProblem } from './group-words.ts'
import { UsersRound } from './icons.ts'
import { PeoplePicker } from './PeoplePicker.tsx'
import { firstName } from './preview.ts'
import { TintPicker } from './TintPicker.tsx'
import { useContacts } from './use-contacts.ts'
import { actErrorText } from './use-try.tsx'

export type NewGroupDialogProps = { onMade: (roomId: RoomId) => void; onClose: () => void }

/** Makes a group in two steps: who is coming, and what it is called. */
export function NewGroupDialog({ onMade, onClose }: NewGroupDialogProps) {
  const id = useId()
  const { connection } = useClient()
  const people = useContacts()
  const [step, setStep] = useState<1 | 2>(1)
  const [picked, setPicked] = useState<ReadonlySet<UserId>>(new Set())
  const [name, setName] = useState('')
  const [about, setAbout] = useState('')
  const [tint, setTint] = useState<number | null>(null)
  const [isTold, setTold] = useState(false)
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<string>()
  const key = useRef<{ of: string; localId: LocalId }>(undefined)
  const chosen = people.filter((person) => picked.has(person.userId))

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (step === 1) return setStep(2)
    if (nameProblem(name) || aboutProblem(about)) return setTold(true)
    setBusy(true)
    setError(undefined)
    const what = { name, about, tint, userIds: chosen.map((person) => person.userId) }
    // The same group again is the same ask: an answer that was lost comes back.
    const of = JSON.stringify(what)
    if (key.current?.of !== of) key.current = { of, localId: newLocalId() }
    try {
      const room = await connection.ask(createGroup, { ...what, localId: key.current.localId })
      onClose()
      onMade(room.roomId)
    } catch (caught) {
      setError(actErrorText(caught))
      setBusy(false)
    }
  }
  const title = t(step === 1 ? 'groups.whoIsComing' : 'groups.whatIsItCalled')
  return (
    <Sheet labelledBy={id} onClose={onClose}>
      <form className="dlg__form" noValidate onSubmit={(event) => void submit(event)}>
        <div className="steps3">
          <VisuallyHidden>{t('groups.step', { step, steps: 2 })}</VisuallyHidden>
          <i className="on" />
          <i className={step === 2 ? 'on' : undefined} />
        </div>
        <div className="dialog__h">
          <h2 id={id} key={step} tabIndex={-1} ref={step === 2 ? focusOnce : undefined}>
            {title}
          </h2>
          <IconButton icon={X} label={t('app.close')} onClick={onClose} />
        </div>
        {step === 1 ? (
          <PeoplePicker
            people={people}
            picked={picked}
            onPick={setPicked}
            empty={{ title: t('groups.nobodyYetTitle'), text: t('groups.nobodyYetText') }}
          />
        ) : (
          <>
            <TintPicker id={name.trim() || 'a group'} name={name} tint={tint} onTint={setTint} />
            <Field
              label={t('groups.name')}
              value={name}
              onChange={(event) => setName(event.target.value)}
              placeholder={t('groups.namePlaceholder')}
              autoComplete="off"
              dir="auto"
              error={isTold ? nameProblem(name) : undefined}
            />
            <TextArea
              label={t('groups.aboutIfYouLike')}
              value={about}
              onChange={(event) => setAbout(event.target.value)}
              placeholder={t('groups.aboutPlaceholder')}
              rows={2}
              dir="auto"
              error={aboutProblem(about)}
            />
            <p className="note">
              <Icon of={UsersRound} size={16} />
              <span>{whoComes(chosen.map((person) => firstName(person.name)))}</span>
            </p>
            {error && (
              <p className="hint hint--err" role="alert">
                <Icon of={CircleAlert} size={16} />
                <span>{error}</span>
              </p>
            )}
          </>
        )}
        <div className="dlg__f">
          {step === 1 ? (
            <>
              <output className="dim grow dlg__count">
                {chosen.length > 0 && t('groups.pickedCount', { count: chosen.length })}
              </output>
              <Button look="primary" type="submit">
                {t('groups.next')}
              </Button>
            </>
          ) : (
            <>
              <Button className="btn--o" onClick={() => setStep(1)}>
                {t('groups.back')}
              </Button>
              <Button look="primary" type="submit" busy={busy}>
                {t('groups.create')}
              </Button>
            </>
          )}
        </div>
      </form>
    </Sheet>
  )
}

/** Each step begins at its title, so that a reader hears where one is. */
const focusOnce = (title: HTMLElement | null): void => title?.focus()

function whoComes(names: readonly string[]): string {
  if (names.length === 0) return t('groups.onlyYou')
  const shown = names.length > 6 ? [...names.slice(0, 5), `+${names.length - 5}`] : names
  return t(names.length === 1 ? 'groups.addedOne' : 'groups.addedAtOnce', { names: list(shown) })
}
