export { layoutMessages, type Pending } from './layout.ts'
export { messageSlice, withOlder, type MessagesState } from './messages.ts'
