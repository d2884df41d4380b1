import '../kernel/auth-texts.ts'
import '../kernel/security-texts.ts'
import { myData, stay } from '@connectly/protocol'
import { useEffect } from 'react'
import { errorText } from '../features/accounts/index.ts'
import type { Client } from '../kernel/client.ts'
import { moment, t } from '../kernel/i18n.ts'
import { useLocation } from '../kernel/router.ts'
import { useClient, useLine } from '../kernel/use-client.ts'
import { useToast } from '../shell/Toaster.tsx'
import { settingsPath } from './paths.ts'

/** How long after a page came it is asked, in ms: what the page itself is for goes first. */
const LATER = 1500
const told = new WeakSet<Client>()

/** Says once, to whoever comes back, that their account is to be deleted, with the way to keep it. */
export function LeavingNotice() {
  const client = useClient()
  const isOpen = useLine().state === 'open'
  const { pathname } = useLocation()
  const say = useToast()
  // There the page itself says it.
  const isThere = pathname === settingsPath('data')
  useEffect(() => {
    if (!isOpen || isThere || told.has(client)) return
    const { ask } = client.connection
    const keep = () =>
      ask(stay, {}).then(
        () => say({ text: t('security.stayed') }),
        (error: unknown) => say({ kind: 'error', text: errorText(error) }),
      )
    const look = async () => {
      const { leaving } = await ask(myData, {})
      told.add(client)
      if (!leaving) return
      const text = t('security.leavingToast', { day: moment(leaving.leavesAt) })
      // It stays until it is answered, or closed.
      say({ kind: 'error', text, action: { label: t('security.stay'), onClick: () => void keep() } })
    }
    const timer = setTimeout(() => void look().catch(() => undefined), LATER)
    return () => clearTimeout(timer)
  }, [client, isOpen, isThere, say])
  return null
}
