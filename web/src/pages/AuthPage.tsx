import '../kernel/auth-texts.ts'
import { useEffect } from 'react'
import { AuthFrame } from '../features/accounts/index.tsx'
import { askRules, useRules } from '../features/registration/index.ts'
import { storedMe } from '../kernel/session.ts'
import { SignIn } from './SignIn.tsx'
import { SignUp } from './SignUp.tsx'

// What the forms depend on is asked for while the page is still being drawn.
askRules().catch(() => undefined)

/** Coming in, by an old account or a new one. One chunk for both, so that going from one to the other is instant. */
export function AuthPage({ way }: { way: 'in' | 'up' }) {
  useForgetting()
  const { rules, isSettled } = useRules()
  return <AuthFrame>{isSettled && (way === 'in' ? <SignIn rules={rules} /> : <SignUp rules={rules} />)}</AuthFrame>
}

/** What this tab still holds of somebody goes when they sign out in another one; a session that just ended keeps it. */
function useForgetting(): void {
  useEffect(() => {
    const forget = () => {
      if (storedMe() === null) sessionStorage.clear()
    }
    forget()
    addEventListener('storage', forget)
    return () => removeEventListener('storage', forget)
  }, [])
}
