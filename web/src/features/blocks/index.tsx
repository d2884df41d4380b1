export { BlockDialog } from './BlockDialog.tsx'
export { BlockedList } from './BlockedList.tsx'
