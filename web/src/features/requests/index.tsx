import { late } from '../../kernel/late.ts'

export type { Box } from './RequestsPane.tsx'
export { WaitingRow } from './WaitingRow.tsx'

/** All but the row over the chats comes in one piece, when it is first needed. */
const parts = () => import('./parts.tsx')
export const AskToTalk = late(async () => (await parts()).AskToTalk)
export const PickRequest = late(async () => (await parts()).PickRequest)
export const RequestsPane = late(async () => (await parts()).RequestsPane)
export const RequestView = late(async () => (await parts()).RequestView)
