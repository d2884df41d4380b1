import { changePassword, MAX_PASSWORD_LENGTH, stepUp as showMe } from '@connectly/protocol'
import { type SubmitEvent, useEffect, useMemo, useRef, useState } from 'react'
import { codeOf, entryErrorText, fieldErrorsOf, useAsking } from '../features/accounts/index.ts'
import { FormError, NewPasswordField, passwordProblem, SubmitButton } from '../features/accounts/index.tsx'
import { useStepUp } from '../features/factors/index.tsx'
import { askByHttp } from '../kernel/http.ts'
import { refusalText, t } from '../kernel/i18n.ts'
import { useClient } from '../kernel/use-client.ts'
import { Dialog } from '../ui/Dialog.tsx'
import { formText } from '../ui/form-text.ts'
import { PasswordField } from '../ui/PasswordField.tsx'
import { whileRenewing } from './renewal.ts'
import type { Account } from './SettingsSecurity.tsx'

type Wrong = { current?: string | undefined; password?: string | undefined }
export type PasswordDialogProps = { account: Account; onDone: (ended: number) => void; onClose: () => void }

/** Another password, or a first one. Without a second factor the password so far is what shows who one is. */
export function PasswordDialog({ account, onDone, onClose }: PasswordDialogProps) {
  const { hasPassword } = account
  const form = useRef<HTMLFormElement>(null)
  const change = useChange(account)
  const { busy, failure, until, run } = useAsking()
  const [wrong, setWrong] = useState<Wrong>({})
  const refused = useMemo(() => refusedFields(failure), [failure])
  const current = wrong.current ?? refused?.current
  const password = wrong.password ?? refused?.password
  useEffect(() => form.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus(), [wrong, refused])

  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    const [before, after] = [formText(event.currentTarget, 'current'), formText(event.currentTarget, 'password')]
    const found: Wrong = {
      current: hasPassword && !before ? t('security.passwordNowMissing') : undefined,
      password: passwordProblem(after),
    }
    setWrong(found)
    if (busy || found.current || found.password) return
    void run(async () => {
      const answer = await change(before, after)
      if (answer) onDone(answer.ended)
    })
  }
  return (
    <Dialog
      title={t(hasPassword ? 'security.passwordTitle' : 'security.passwordTitleFirst')}
      closeLabel={t('app.close')}
      onClose={onClose}
    >
      <p className="dim">{t('security.passwordText')}</p>
      <form className="vst" ref={form} noValidate onSubmit={submit}>
        <FormError id="password-error">
          {failure !== null && !refused ? entryErrorText(failure, until) : undefined}
        </FormError>
        {hasPassword && (
          <PasswordField
            label={t('security.passwordNow')}
            name="current"
            autoComplete="current-password"
            maxLength={MAX_PASSWORD_LENGTH}
            error={current}
            onChange={() => setWrong({})}
            showLabel={t('auth.showPassword')}
            hideLabel={t('auth.hidePassword')}
          />
        )}
        <NewPasswordField label={t('security.passwordNew')} error={password} onChange={() => setWrong({})} />
        <SubmitButton busy={busy} until={until}>
          {t(hasPassword ? 'security.passwordSave' : 'security.passwordSaveFirst')}
        </SubmitButton>
      </form>
    </Dialog>
  )
}

/** The change itself. */
function useChange({ hasPassword, hasSecondStep }: Account) {
  const client = useClient()
  const { withStepUp, forgetStepUp } = useStepUp()
  const send = async (stepUp: string, current: string, password: string) => {
    const given = { stepUp, password, ...(hasPassword && { current }) }
    const answer = await whileRenewing(client, () => askByHttp(changePassword, given))
    // What was shown was shown for the session before.
    forgetStepUp()
    return answer
  }
  return async (current: string, password: string) => {
    if (!hasPassword || hasSecondStep) return withStepUp((stepUp) => send(stepUp, current, password))
    const { stepUp } = await client.connection.ask(showMe, { password: current })
    return send(stepUp, current, password)
  }
}

function refusedFields(failure: unknown): Wrong | null {
  if (codeOf(failure) === 'WrongProof') return { current: t('security.stepUpPasswordWrong') }
  if (codeOf(failure) === 'SamePassword') return { password: refusalText('SamePassword') }
  return fieldErrorsOf(failure)
}
