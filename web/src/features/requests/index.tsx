import { lazy } from 'react'

export type { Box } from './RequestsPane.tsx'
export { WaitingRow } from './WaitingRow.tsx'

/** All but the row over the chats comes in one piece, when it is first needed. */
const parts = () => import('./parts.tsx')
export const AskToTalk = lazy(async () => ({ default: (await parts()).AskToTalk }))
export const PickRequest = lazy(async () => ({ default: (await parts()).PickRequest }))
export const RequestsPane = lazy(async () => ({ default: (await parts()).RequestsPane }))
export const RequestView = lazy(async () => ({ default: (await parts()).RequestView }))
