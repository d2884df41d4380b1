import { useState, type ReactNode } from 'react'
import { useNavigate } from '../kernel/router.ts'
import { errorText } from '../features/accounts/index.ts'
import { dropDrafts } from '../features/messages/index.ts'
import { t } from '../kernel/i18n.ts'
import { useSession } from '../kernel/session.ts'
import { useClient, useWatched } from '../kernel/use-client.ts'
import { useToast } from '../shell/Toaster.tsx'
import { Button } from '../ui/Button.tsx'
import { Dialog } from '../ui/Dialog.tsx'

/** Signs out; where messages have not gone out yet, it asks first, since they go with the device's copy. */
export function useSignOut(): { ask: () => void; dialog: ReactNode } {
  const session = useSession()
  const say = useToast()
  const client = useClient()
  const navigate = useNavigate()
  const unsent = useWatched(client.outbox.entries).length
  const [isAsking, setAsking] = useState(false)
  const leave = () => {
    setAsking(false)
    // Nobody is to hear that their session ended: they are ending it. Nor is who comes next led to where they were.
    client.connection.stop()
    navigate('/', { replace: true })
    const wipe = async () => {
      await client.wipe()
      dropDrafts(client.me)
    }
    session.end(wipe).catch((error: unknown) => {
      client.connection.start()
      say({ kind: 'error', text: errorText(error) })
    })
  }
  return {
    ask: () => (unsent > 0 ? setAsking(true) : leave()),
    dialog: isAsking && (
      <Dialog title={t('app.signOutTitle')} closeLabel={t('app.close')} onClose={() => setAsking(false)}>
        <p>{t('app.signOutUnsent', { count: unsent })}</p>
        <div className="hstack">
          <Button look="tonal" onClick={() => setAsking(false)}>
            {t('app.stay')}
          </Button>
          <Button look="primary" onClick={leave}>
            {t('app.signOut')}
          </Button>
        </div>
      </Dialog>
    ),
  }
}
