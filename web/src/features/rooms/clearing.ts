import type { RoomId } from '@connectly/protocol'
import { useWatched } from '../../kernel/use-client.ts'
import { watched } from '../../kernel/watched.ts'

/** The room that is about to be emptied: already shown as empty, while it can still be undone. */
export const leaving = watched<RoomId | null>(null)

/** Whether a room is about to be emptied for me. */
export const useIsClearing = (roomId: RoomId | undefined): boolean =>
  useWatched(leaving) === roomId && roomId !== undefined
