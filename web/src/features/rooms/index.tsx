import { late } from '../../kernel/late.ts'

export { ChatListPane } from './ChatListPane.tsx'
export { PickChat } from './EmptyChats.tsx'
export { Face, RoomFace } from './Face.tsx'
export { NewChatDialog } from './NewChatDialog.tsx'
export { type PeopleFound } from './PeopleResults.tsx'
export { RoomActs } from './RoomActs.tsx'
export { RoomHeader } from './RoomHeader.tsx'
export { RoomRow } from './RoomRow.tsx'
export { chatListTop } from './slots.tsx'

/** About an open room; loaded when it is first opened. */
export const RoomDetails = late(async () => (await import('./RoomDetails.tsx')).RoomDetails)
/** What a group is, and who does what in it. */
export const EditGroup = late(async () => (await import('./EditGroup.tsx')).EditGroup)
