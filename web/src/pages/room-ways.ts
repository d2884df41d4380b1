import { useMemo } from 'react'
import { useNavigate, useSearchParams } from '../kernel/router.ts'
import type { RoomWays } from '../features/rooms/index.ts'
import { paths, roomPath } from './frame.tsx'

/** Where one goes from a room. A profile opens over whatever page is there. */
export function useRoomWays(): RoomWays {
  const navigate = useNavigate()
  const [, setSearch] = useSearchParams()
  return useMemo(
    () => ({
      chats: () => navigate(paths.chats),
      room: (roomId) => navigate(roomPath(roomId)),
      edit: (roomId) => navigate(`${roomPath(roomId)}/edit`),
      profile: (userId) =>
        setSearch((now) => {
          now.set('profile', userId)
          return now
        }),
    }),
    [navigate, setSearch],
  )
}
