import type { Feature } from '../kernel/feature.ts'
import { accounts } from './accounts/index.ts'
import { blocks } from './blocks/index.ts'
import { marks } from './marks/index.ts'
import { messages } from './messages/index.ts'
import { presence } from './presence/index.ts'
import { requests } from './requests/index.ts'
import { rooms } from './rooms/index.ts'

/** All features, each storey after those it may ask. */
export const features: readonly Feature[] = [accounts, blocks, rooms, presence, messages, requests, marks]
