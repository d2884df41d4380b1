import { leaveRoom, type RoomLine } from '@connectly/protocol'
import { useEffect, useState } from 'react'
import { AskError } from '../../kernel/ask-error.ts'
import { t } from '../../kernel/i18n.ts'
import '../../kernel/late-texts.ts'
import { slice, useClient, useWatched } from '../../kernel/use-client.ts'
import { LogOut } from '../../ui/Icon.tsx'
import { Asking } from './Asking.tsx'
import { RoomFace } from './Face.tsx'
import { nameOfLine } from './line.ts'
import { needsHeir } from './members.ts'
import type { RoomState } from './rooms.ts'
import { useTry } from './use-try.tsx'

export type LeaveDialogProps = {
  line: RoomLine
  onLeft: () => void
  /** I am the last owner: somebody else has to become one first. */
  onHeir: () => void
  onClose: () => void
}

/** Leaves a group. Whether I am its last owner the server knows best; where it is plain, it is not even asked. */
export function LeaveDialog({ line, onLeft, onHeir, onClose }: LeaveDialogProps) {
  const { connection, replica } = useClient()
  const attempt = useTry()
  const [busy, setBusy] = useState(false)
  const { room } = line
  const held = slice<RoomState>(useWatched(replica.room(room.roomId)), 'rooms')
  const isLastOwner = held !== null && needsHeir(held, room.members)
  useEffect(() => {
    if (isLastOwner) onHeir()
  }, [isLastOwner, onHeir])
  if (isLastOwner) return null
  const leave = async () => {
    setBusy(true)
    let isAsked = false
    const outcome = await attempt(async () => {
      try {
        await connection.ask(leaveRoom, { roomId: room.roomId })
      } catch (error) {
        if (!(error instanceof AskError && error.code === 'LastOwner')) throw error
        isAsked = true
      }
    })
    setBusy(false)
    if (isAsked) return onHeir()
    if (outcome === 'failed') return
    onClose()
    onLeft()
  }
  const name = nameOfLine(line)
  return (
    <Asking
      title={t('groups.leaveTitle', { name })}
      text={t(room.members === 1 ? 'groups.leaveAlone' : 'groups.leaveText')}
      face={<RoomFace line={line} size={72} />}
      icon={LogOut}
      directional
      stay={t('groups.stay')}
      act={t('groups.leaveGroup')}
      busy={busy}
      onAct={() => void leave()}
      onClose={onClose}
    />
  )
}
