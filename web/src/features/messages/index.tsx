export { RoomPane } from './RoomPane.tsx'
