import '../../theme/chat-acts.css'
import '../../theme/note.css'
import '../../theme/groups.css'
import type { RoomLine } from '@connectly/protocol'
import { AddPeopleDialog } from './AddPeopleDialog.tsx'
import { ClearDialog } from './ClearDialog.tsx'
import { HandOverDialog } from './HandOverDialog.tsx'
import { HeirDialog } from './HeirDialog.tsx'
import { LeaveDialog } from './LeaveDialog.tsx'
import { MuteDialog } from './MuteDialog.tsx'
import { NewGroupDialog } from './NewGroupDialog.tsx'
import { RemoveDialog } from './RemoveDialog.tsx'
import type { RoomWays, Want, Wanted } from './room-chrome.ts'

export type RoomDialogsProps = {
  wanted: Exclude<Wanted, { kind: 'menu' | 'memberMenu' }>
  ways: RoomWays
  onWant: Want
  /** Empties a room for me, with time to undo it. */
  onClear: (line: RoomLine) => void
  onClose: () => void
}

/** The dialog of what is wanted. */
export function RoomDialogs({ wanted, ways, onWant, onClear, onClose }: RoomDialogsProps) {
  switch (wanted.kind) {
    case 'mute':
      return <MuteDialog line={wanted.line} onClose={onClose} />
    case 'clear':
      return <ClearDialog line={wanted.line} onClear={onClear} onClose={onClose} />
    case 'leave':
      return (
        <LeaveDialog
          line={wanted.line}
          onLeft={ways.chats}
          onHeir={() => onWant({ kind: 'heir', line: wanted.line })}
          onClose={onClose}
        />
      )
    case 'heir':
      return <HeirDialog line={wanted.line} onLeft={ways.chats} onClose={onClose} />
    case 'add':
      return <AddPeopleDialog line={wanted.line} onClose={onClose} />
    case 'remove':
      return <RemoveDialog line={wanted.line} member={wanted.member} onClose={onClose} />
    case 'handOver':
      return <HandOverDialog line={wanted.line} member={wanted.member} onClose={onClose} />
    case 'newGroup':
      return <NewGroupDialog onMade={ways.room} onClose={onClose} />
    case 'block':
      return null
  }
}
