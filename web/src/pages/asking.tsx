import '../kernel/late-texts.ts'
import { askToTalk, MAX_MESSAGE_LENGTH, type LocalId, type Person } from '@connectly/protocol'
import { useRef, useState } from 'react'
import { useNavigate } from '../kernel/router.ts'
import { useBlockActions } from '../features/blocks/index.ts'
import { AskToTalk } from '../features/requests/index.tsx'
import { t } from '../kernel/i18n.ts'
import { newLocalId } from '../kernel/local-id.ts'
import { useClient } from '../kernel/use-client.ts'
import { Button } from '../ui/Button.tsx'
import { paths, roomPath, type Asked } from './paths.ts'
import { refusedBecause, type Refused } from './refused.ts'

/** Asks somebody to talk; what is refused is said in place, with its way on. */
export function Asking({ person, onClose }: { person: Person; onClose: () => void }) {
  const { connection } = useClient()
  const { unblock } = useBlockActions()
  const navigate = useNavigate()
  const [busy, setBusy] = useState(false)
  const [refused, setRefused] = useState<Refused | null>(null)
  const keys = useRef(new Map<string, LocalId>())
  const send = async (text: string) => {
    setBusy(true)
    setRefused(null)
    // The same words again are the same ask: an answer that was lost comes back.
    const localId = keys.current.get(text) ?? newLocalId()
    keys.current.set(text, localId)
    try {
      const { requestId, roomId } = await connection.ask(askToTalk, { toId: person.userId, text, localId })
      onClose()
      const asked: Asked = { userId: person.userId }
      if (roomId) navigate(roomPath(roomId))
      else navigate(`${paths.requests}/${requestId}`, { state: asked })
    } catch (caught) {
      setRefused(refusedBecause(caught))
      setBusy(false)
    }
  }
  const takeBack = async () => {
    setBusy(true)
    try {
      await unblock(person.userId)
      setRefused(null)
    } catch (caught) {
      setRefused(refusedBecause(caught))
    }
    setBusy(false)
  }
  return (
    <AskToTalk
      person={person}
      busy={busy}
      error={refused?.text}
      errorEnd={
        refused?.isBlocked && (
          <Button size="small" busy={busy} onClick={() => void takeBack()}>
            {t('people.unblock')}
          </Button>
        )
      }
      retryAt={refused?.retryAt}
      maxLength={MAX_MESSAGE_LENGTH}
      onSend={(text) => void send(text)}
      onClose={onClose}
    />
  )
}
