export { dropDrafts } from './drafts.ts'
export { messageSlice } from './messages.ts'
export { plainText } from './plain-text.ts'
export { RoomStatus } from './status.ts'
