import { resetPassword, signIn } from '@connectly/protocol'
import { useMemo } from 'react'
import { codeOf, entryErrorText, fieldErrorsOf, useAsking } from '../features/accounts/index.ts'
import { NewPasswordForm } from '../features/emails/index.tsx'
import { askByHttp } from '../kernel/http.ts'
import { useNavigate } from '../kernel/router.ts'
import { storeMe } from '../kernel/session.ts'
import { useBeginning, useEntering } from './entering.tsx'
import { entryPaths } from './entry-paths.ts'

export type ResettingPasswordProps = { token: string; notice?: string; onSpent: () => void }

/** Sets a new password, and signs in with it: at once, or by the second step where the account has one. */
export function ResettingPassword({ token, notice, onSpent }: ResettingPasswordProps) {
  const { busy, failure, until, run } = useAsking()
  const navigate = useNavigate()
  const begin = useBeginning()
  const toSignIn = (username?: string) =>
    navigate(entryPaths.signIn, { replace: true, state: { isNewPassword: true, ...(username && { username }) } })
  const { enter, step } = useEntering(
    () => toSignIn(),
    (me) => {
      navigate('/', { replace: true })
      begin(me)
    },
  )
  const fieldErrors = useMemo(() => fieldErrorsOf(failure), [failure])
  if (step) return step

  const submit = (password: string) =>
    void run(async () => {
      const { username } = await askByHttp(resetPassword, { token, password }).catch((error: unknown) => {
        if (codeOf(error) === 'LinkSpent') onSpent()
        throw error
      })
      // Every session has ended, this browser's too.
      storeMe(null)
      await askByHttp(signIn, { username, password }).then(
        (answer) => enter(answer, username),
        () => toSignIn(username),
      )
    })
  return (
    <NewPasswordForm
      busy={busy}
      error={failure !== null && !fieldErrors ? entryErrorText(failure, until) : undefined}
      fieldError={fieldErrors?.password}
      until={until}
      notice={notice}
      onSubmit={submit}
    />
  )
}
