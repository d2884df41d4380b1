import type { UserId } from '@connectly/protocol'

/** Where the app's parts are. */
export const paths = { chats: '/', requests: '/requests', you: '/you', settings: '/settings' } as const

export const roomPath = (roomId: string): string => `/r/${roomId}`
export const settingsPath = (section: string): string => `${paths.settings}/${section}`

/** What comes along to the page of a request that was just made: by then the other may have made it a chat. */
export type Asked = { userId: UserId }
