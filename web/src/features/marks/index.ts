export { markSlice, statusOf } from './marks.ts'
export { useDeliveries } from './use-deliveries.ts'
export { useMarkAllRead, useMarks, useMarkUnread, useReading } from './use-marks.ts'
