export { markSlice, statusOf, type MarksState } from './marks.ts'
export { useDeliveries } from './use-deliveries.ts'
export { useMarkAllRead, useMarks, useMarkUnread, useReading, type RoomMarks } from './use-marks.ts'
