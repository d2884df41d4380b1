export { messageSlice } from './messages.ts'
