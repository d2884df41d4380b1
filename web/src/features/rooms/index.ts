export { can } from './can.ts'
export { nameOfLine } from './line.ts'
export { countWanting, fitsFilter, fitsQuery, inOrder, isMuted, isUnread, type Filter } from './listing.ts'
export { typingText } from './preview.ts'
export {
  HereContext,
  RoomChromeContext,
  useWant,
  type At,
  type Here,
  type RoomChrome,
  type RoomWays,
} from './room-chrome.ts'
export { linesSlice, listing, roomSlice, type LinesState, type RoomState } from './rooms.ts'
export { foremost, lastSeenText, type Status } from './status.ts'
export { useIsClearing } from './clearing.ts'
export { useNow } from './use-now.ts'
