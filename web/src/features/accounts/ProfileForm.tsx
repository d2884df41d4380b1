import { MAX_ABOUT_LENGTH, MAX_NAME_LENGTH, type Person } from '@connectly/protocol'
import { type SubmitEvent, useEffect, useId, useRef, useState } from 'react'
import { t } from '../../kernel/i18n.ts'
import { Banner } from '../../ui/Banner.tsx'
import { Button } from '../../ui/Button.tsx'
import { Field } from '../../ui/Field.tsx'
import { TextArea } from '../../ui/TextArea.tsx'

export type ProfileFormProps = {
  me: Person
  about: string
  busy: boolean
  error?: string | undefined
  onSave: (changes: { name?: string; about?: string }) => void
}

/** What others see of me, to be changed and then saved. */
export function ProfileForm({ me, about, busy, error, onSave }: ProfileFormProps) {
  const form = useRef<HTMLFormElement>(null)
  const hintId = useId()
  const [name, setName] = useState(me.name)
  const [words, setWords] = useState(about)
  // What another device saved takes the place of what stood here.
  const [kept, setKept] = useState({ name: me.name, about })
  if (kept.name !== me.name || kept.about !== about) {
    setKept({ name: me.name, about })
    setName(me.name)
    setWords(about)
  }
  const [problems, setProblems] = useState<{ name?: string; about?: string }>({})
  useEffect(() => form.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus(), [problems])
  const isChanged = name !== me.name || words !== about
  const left = MAX_ABOUT_LENGTH - words.length

  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    const found = {
      ...(!name.trim() && { name: t('people.nameMissing') }),
      ...(name.trim().length > MAX_NAME_LENGTH && { name: t('people.nameLong', { max: MAX_NAME_LENGTH }) }),
      ...(left < 0 && { about: t('people.aboutLong', { count: -left }) }),
    }
    setProblems(found)
    if (busy || !isChanged || found.name || found.about) return
    onSave({ ...(name !== me.name && { name: name.trim() }), ...(words !== about && { about: words.trim() }) })
  }
  return (
    <form ref={form} className="card__b" noValidate onSubmit={submit}>
      {error && <Banner look="error">{error}</Banner>}
      <Field
        label={t('people.name')}
        name="name"
        autoComplete="name"
        dir="auto"
        value={name}
        onChange={(event) => setName(event.target.value)}
        error={problems.name}
        hint={t('people.nameHint')}
      />
      <div className="vst vst--near">
        <TextArea
          label={t('people.about')}
          name="about"
          dir="auto"
          value={words}
          onChange={(event) => setWords(event.target.value)}
          error={problems.about}
        />
        <p className="hint" id={hintId} aria-live={left < 40 ? 'polite' : undefined}>
          {left < 0
            ? t('people.aboutLong', { count: -left })
            : left < 40
              ? t('people.aboutLeft', { count: left })
              : t('people.aboutHint')}
        </p>
      </div>
      <div className="acts">
        <Button type="submit" look="primary" busy={busy} aria-disabled={!isChanged || undefined}>
          {t('people.save')}
        </Button>
        {isChanged && !busy && (
          <Button
            look="ghost"
            onClick={() => {
              setName(me.name)
              setWords(about)
              setProblems({})
            }}
          >
            {t('people.discard')}
          </Button>
        )}
      </div>
    </form>
  )
}
