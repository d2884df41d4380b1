import { setRoomPrefs, type RoomLine } from '@connectly/protocol'
import { useId, useState } from 'react'
import { t } from '../../kernel/i18n.ts'
import '../../kernel/late-texts.ts'
import { useClient } from '../../kernel/use-client.ts'
import { Button } from '../../ui/Button.tsx'
import { Dialog } from '../../ui/Dialog.tsx'
import { nameOfLine } from './line.ts'
import { muteEnds } from './mute.ts'
import { useTry } from './use-try.tsx'

/** Keeps a chat quiet for a while, or for good. */
export function MuteDialog({ line, onClose }: { line: RoomLine; onClose: () => void }) {
  const { connection } = useClient()
  const attempt = useTry()
  const group = useId()
  const [ends] = useState(() => muteEnds(Date.now()))
  const [chosen, setChosen] = useState(1)
  const [busy, setBusy] = useState(false)
  const name = nameOfLine(line)
  const end = ends[chosen] ?? ends[0]
  const mute = async () => {
    setBusy(true)
    const { roomId } = line.room
    const outcome = await attempt(
      () => connection.ask(setRoomPrefs, { roomId, mutedUntil: end.until }),
      t('groups.mutedSaid', { name }),
    )
    setBusy(false)
    if (outcome === 'done') onClose()
  }
  return (
    <Dialog title={t('groups.muteTitle', { name })} closeLabel={t('app.close')} onClose={onClose}>
      <fieldset className="opts">
        <legend className="sr">{t('groups.howLong')}</legend>
        {ends.map(({ label, when }, nth) => (
          <label key={label} className="opt">
            <input type="radio" name={group} checked={nth === chosen} onChange={() => setChosen(nth)} />
            <span className="opt__t">{label}</span>
            {when !== null && <span className="opt__v">{when}</span>}
          </label>
        ))}
      </fieldset>
      <div className="dialog__f">
        <Button look="primary" busy={busy} onClick={() => void mute()}>
          {end.end === null ? t('groups.muteAct') : t('groups.muteUntil', { time: end.end })}
        </Button>
      </div>
    </Dialog>
  )
}
