export type { Typing } from './presence.ts'
export {
  useAllTyping,
  useOnline,
  usePresence,
  useRoomOnline,
  useSayTyping,
  useShows,
  useTyping,
} from './use-presence.ts'
