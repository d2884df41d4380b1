export { nameOfLine } from './line.ts'
export { fitsQuery, newestFirst } from './listing.ts'
export { linesSlice, listing, roomSlice, type LinesState, type RoomState } from './rooms.ts'
