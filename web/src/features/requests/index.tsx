export { AskToTalk } from './AskToTalk.tsx'
export { PickRequest } from './NoRequests.tsx'
export { RequestsPane, type Box } from './RequestsPane.tsx'
export { RequestView } from './RequestView.tsx'
