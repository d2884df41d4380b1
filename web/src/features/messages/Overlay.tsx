import '../../kernel/late-texts.ts'
import '../../theme/acts.css'
import '../../theme/acts-dialogs.css'
import type { RoomLine } from '@connectly/protocol'
import { Suspense } from 'react'
import type { Act, Rights } from './acts.ts'
import { DeleteDialog } from './DeleteDialog.tsx'
import type { MessageItem } from './layout.ts'
import { MessageMenu } from './MessageMenu.tsx'
import type { Over } from './use-acts.tsx'
import { late } from '../../kernel/late.ts'
import { Awaited } from '../../shell/Awaited.tsx'

const VersionsDialog = late(async () => (await import('./VersionsDialog.tsx')).VersionsDialog)
const InfoDialog = late(async () => (await import('./InfoDialog.tsx')).InfoDialog)

export type OverlayProps = {
  line: RoomLine
  over: Over
  rights: Rights
  onAct: (act: Act, item: MessageItem) => void
  onClose: () => void
  /** What was chosen is done with. */
  onDone: () => void
}

/** What stands over a room because of its messages. */
export function Overlay({ line, over, rights, onAct, onClose, onDone }: OverlayProps) {
  switch (over.kind) {
    case 'menu':
      return <MessageMenu item={over.item} row={over.row} rights={rights} onAct={onAct} onClose={onClose} />
    case 'delete':
      return <DeleteDialog line={line} items={over.items} rights={rights} onClose={onClose} onDone={onDone} />
    case 'versions':
      return (
        <Suspense fallback={<Awaited />}>
          <VersionsDialog item={over.item} onClose={onClose} />
        </Suspense>
      )
    case 'info':
      return (
        <Suspense fallback={<Awaited />}>
          <InfoDialog item={over.item} onClose={onClose} />
        </Suspense>
      )
  }
}
