import { useMemo } from 'react'
import { useNavigate, useSearchParams } from 'react-router'
import type { RoomWays } from '../features/rooms/index.ts'
import { paths, roomPath } from './frame.tsx'

/** Where one goes from a room. A profile opens over whatever page is there. */
export function useRoomWays(): RoomWays {
  const navigate = useNavigate()
  const [, setSearch] = useSearchParams()
  return useMemo(
    () => ({
      chats: () => void navigate(paths.chats),
      room: (roomId) => void navigate(roomPath(roomId)),
      edit: (roomId) => void navigate(`${roomPath(roomId)}/edit`),
      profile: (userId) =>
        setSearch((now) => {
          now.set('profile', userId)
          return now
        }),
    }),
    [navigate, setSearch],
  )
}
