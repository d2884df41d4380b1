export { AskToTalk } from './AskToTalk.tsx'
export { PickRequest } from './NoRequests.tsx'
export { RequestsPane } from './RequestsPane.tsx'
export { RequestView } from './RequestView.tsx'
