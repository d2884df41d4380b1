import { useState } from 'react'
import { CircleCheck } from 'lucide-react'
import { USERNAME } from '@connectly/protocol'
import { refusalText, t } from '../../kernel/i18n.ts'
import { Field } from '../../ui/Field.tsx'
import { Icon } from '../../ui/Icon.tsx'
import { useNameCheck } from './use-name-check.ts'

export type UsernameFieldProps = {
  error?: string | undefined
  initial?: string | undefined
  describedBy?: string | undefined
}

/** A username to choose, as `username` of its form; says whether it is free while one types. */
export function UsernameField({ error, initial = '', describedBy }: UsernameFieldProps) {
  const [typed, setTyped] = useState(initial)
  const [wrong, setWrong] = useState<{ typed: string; error: string | undefined }>({ typed: '', error: undefined })
  // What was said about one name says nothing about the next.
  if (error !== wrong.error) setWrong({ typed, error })
  const state = useNameCheck(typed)
  const shown = error !== undefined && wrong.typed === typed ? error : undefined
  const isFree = state === 'free' && shown === undefined
  return (
    <Field
      label={t('auth.username')}
      name="username"
      lead="@"
      autoComplete="username"
      autoCapitalize="none"
      spellCheck={false}
      maxLength={32}
      value={typed}
      onChange={(event) => setTyped(event.target.value)}
      error={shown ?? (state === 'taken' ? refusalText('UsernameTaken') : undefined)}
      hint={isFree ? t('auth.usernameFree', { name: typed.trim().toLowerCase() }) : t('auth.usernameHint')}
      good={isFree}
      live
      describedBy={describedBy}
      tail={isFree && <Icon of={CircleCheck} className="i--ok" />}
    />
  )
}

/** What is wrong with a username as it was typed; nothing where it can be one. */
export function usernameProblem(typed: string): string | undefined {
  if (!typed.trim()) return t('auth.usernameMissing')
  return USERNAME.test(typed.trim().toLowerCase()) ? undefined : t('auth.usernameShape')
}
