import type { Person } from '@connectly/protocol'
import { useEffect, useRef, useState } from 'react'
import { t } from '../../kernel/i18n.ts'
import { useToast } from '../../shell/Toaster.tsx'
import { Button } from '../../ui/Button.tsx'
import { errorText } from '../accounts/index.ts'
import { useBlockActions } from '../blocks/index.ts'

/** Where one would write, but may not: why, and the way back where there is one. */
export function ComposerClosed({ blocked, onHeight }: { blocked: Person | null; onHeight: (px: number) => void }) {
  const bar = useRef<HTMLElement>(null)
  useEffect(() => {
    if (bar.current) onHeight(bar.current.offsetHeight + 26)
  }, [onHeight])
  return (
    <footer className="comp" ref={bar}>
      <div className="glass rqb comp__closed">{blocked ? <Blocked person={blocked} /> : <p>{t('room.silent')}</p>}</div>
    </footer>
  )
}

function Blocked({ person }: { person: Person }) {
  const { unblock } = useBlockActions()
  const say = useToast()
  const [busy, setBusy] = useState(false)
  const onClick = () => {
    setBusy(true)
    unblock(person.userId)
      .catch((error: unknown) => say({ kind: 'error', text: errorText(error) }))
      .finally(() => setBusy(false))
  }
  return (
    <>
      <p>{t('room.blocked', { name: person.name })}</p>
      <Button look="tonal" busy={busy} onClick={onClick}>
        {t('room.unblock')}
      </Button>
    </>
  )
}
