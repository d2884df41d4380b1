import '../kernel/late-texts.ts'
import type { Person } from '@connectly/protocol'
import { useState, type ReactNode } from 'react'
import { errorText } from '../features/accounts/index.ts'
import { useBlockActions } from '../features/blocks/index.ts'
import { BlockDialog } from '../features/blocks/index.tsx'
import { t } from '../kernel/i18n.ts'
import { useToast } from '../shell/Toaster.tsx'
import '../theme/note.css'
import '../theme/people.css'

/** Blocks after asking, and unblocks at once; both can be taken back for a while. `onBlocked` follows a block. */
export function useBlocking(onBlocked?: () => void): {
  ask: (person: Person) => void
  unblock: (person: Person) => void
  dialog: ReactNode
} {
  const actions = useBlockActions()
  const say = useToast()
  const [asked, setAsked] = useState<Person | null>(null)
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<string>()

  const fail = (caught: unknown) => say({ kind: 'error', text: errorText(caught) })
  const unblock = (person: Person): void => {
    const blockAgain = () => void actions.block(person.userId).catch(fail)
    actions.unblock(person.userId).then(
      () =>
        say({
          text: t('people.unblockedToast', { name: person.name }),
          action: { label: t('people.undo'), onClick: blockAgain },
        }),
      fail,
    )
  }
  const block = async (person: Person) => {
    setBusy(true)
    setError(undefined)
    try {
      await actions.block(person.userId)
      setAsked(null)
      say({
        text: t('people.blockedToast', { name: person.name }),
        action: { label: t('people.undo'), onClick: () => unblock(person) },
      })
      onBlocked?.()
    } catch (caught) {
      setError(errorText(caught))
    }
    setBusy(false)
  }
  const close = () => {
    setAsked(null)
    setError(undefined)
  }
  return {
    ask: setAsked,
    unblock,
    dialog: asked && (
      <BlockDialog person={asked} busy={busy} error={error} onBlock={() => void block(asked)} onClose={close} />
    ),
  }
}
