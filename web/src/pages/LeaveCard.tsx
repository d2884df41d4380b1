import '../theme/note.css'
import { leave, type Leaving, leftMessages, type MyData, stay } from '@connectly/protocol'
import { type SubmitEvent, useEffect, useId, useRef, useState } from 'react'
import { Info } from 'lucide-react'
import { codeOf, entryErrorText, useAsking } from '../features/accounts/index.ts'
import { FormError } from '../features/accounts/index.tsx'
import { useStepUp } from '../features/factors/index.tsx'
import { moment, t } from '../kernel/i18n.ts'
import { useClient } from '../kernel/use-client.ts'
import { useToast } from '../shell/Toaster.tsx'
import { Button } from '../ui/Button.tsx'
import { Field } from '../ui/Field.tsx'
import { formText } from '../ui/form-text.ts'
import { Icon } from '../ui/Icon.tsx'

export type LeaveCardProps = { username: string; leaving: Leaving | null; onData: (data: MyData) => void }

/** The way to be gone, and, for fourteen days, the way back. */
export function LeaveCard({ username, leaving, onData }: LeaveCardProps) {
  return (
    <section className="card danger" aria-labelledby="leave-title">
      <div className="card__h">
        <h2 className="grow" id="leave-title">
          {t(leaving ? 'security.leaving' : 'security.leave')}
        </h2>
      </div>
      {leaving ? (
        <Staying leaving={leaving} onData={onData} />
      ) : (
        <>
          <p className="card__n">{t('security.leaveNote')}</p>
          <LeaveForm username={username} onData={onData} />
        </>
      )}
    </section>
  )
}

function Staying({ leaving, onData }: { leaving: Leaving; onData: (data: MyData) => void }) {
  const { connection } = useClient()
  const say = useToast()
  const { busy, failure, until, run } = useAsking()
  const keep = () =>
    void run(async () => {
      onData(await connection.ask(stay, {}))
      say({ text: t('security.stayed') })
    })
  const text = leaving.messages === 'delete' ? 'security.leavingDeletes' : 'security.leavingText'
  return (
    <div className="card__b">
      <FormError id="stay-error">{failure === null ? undefined : entryErrorText(failure, until)}</FormError>
      <output className="small">{t(text, { day: moment(leaving.leavesAt) })}</output>
      <div className="acts">
        <Button look="primary" busy={busy} onClick={keep}>
          {t('security.stay')}
        </Button>
      </div>
    </div>
  )
}

const choices = {
  keep: { label: 'security.leaveKeep', hint: 'security.leaveKeepText' },
  delete: { label: 'security.leaveDelete', hint: 'security.leaveDeleteText' },
} as const

function LeaveForm({ username, onData }: Omit<LeaveCardProps, 'leaving'>) {
  const { connection } = useClient()
  const { withStepUp } = useStepUp()
  const form = useRef<HTMLFormElement>(null)
  const { busy, failure, until, run } = useAsking()
  const [messages, setMessages] = useState<(typeof leftMessages)[number]>('keep')
  const [typed, setTyped] = useState('')
  const [wrong, setWrong] = useState<object>()
  const isTheirs = typed.trim().toLowerCase().replace(/^@/, '') === username
  useEffect(() => {
    if (wrong) form.current?.querySelector<HTMLInputElement>('[name=username]')?.focus()
  }, [wrong])
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    const given = formText(event.currentTarget, 'username')
    setWrong(isTheirs ? undefined : { given })
    if (!isTheirs || busy) return
    void run(async () => {
      const after = await withStepUp((stepUp) => connection.ask(leave, { stepUp, username, messages }))
      if (after) onData(after)
    })
  }
  const isWrongName = codeOf(failure) === 'WrongProof' || wrong !== undefined
  return (
    <form className="card__b" ref={form} noValidate onSubmit={submit}>
      <FormError id="leave-error">
        {failure !== null && !isWrongName ? entryErrorText(failure, until) : undefined}
      </FormError>
      <fieldset className="leaveopts">
        <legend className="lbl">{t('security.leaveMessages')}</legend>
        {leftMessages.map((each) => (
          <Choice
            key={each}
            label={t(choices[each].label)}
            hint={t(choices[each].hint)}
            isChosen={messages === each}
            onChoose={() => setMessages(each)}
          />
        ))}
      </fieldset>
      <div className="note">
        <Icon of={Info} size={16} />
        <span>{t('security.leaveGroups')}</span>
      </div>
      <Field
        label={t('security.leaveType')}
        name="username"
        lead="@"
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={64}
        className="in--narrow"
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value)
          setWrong(undefined)
        }}
        error={isWrongName ? t('security.leaveMismatch', { username }) : undefined}
        hint={t('security.leaveTypeHint', { username })}
      />
      <div className="acts">
        <Button
          type="submit"
          look={isTheirs ? 'plain' : 'tonal'}
          className={isTheirs ? 'btn--d' : undefined}
          busy={busy}
          aria-disabled={!isTheirs || undefined}
        >
          {t('security.leaveDo')}
        </Button>
        <Button look="ghost" onClick={() => document.querySelector<HTMLElement>('#ask-copy')?.focus()}>
          {t('security.leaveCopy')}
        </Button>
      </div>
    </form>
  )
}

type ChoiceProps = { label: string; hint: string; isChosen: boolean; onChoose: () => void }

function Choice({ label, hint, isChosen, onChoose }: ChoiceProps) {
  const id = useId()
  return (
    // oxlint-disable-next-line jsx-a11y/label-has-associated-control -- the radio button lies in it
    <label className="leaveopt">
      <input
        className="rad"
        type="radio"
        name="messages"
        aria-labelledby={id}
        aria-describedby={`${id}-hint`}
        checked={isChosen}
        onChange={onChoose}
      />
      <span>
        <b id={id}>{label}</b>
        <small id={`${id}-hint`}>{hint}</small>
      </span>
    </label>
  )
}
