import type { Feature } from '../kernel/feature.ts'
import { registration } from './registration/index.ts'
import { emails } from './emails/index.ts'
import { factors } from './factors/index.ts'
import { providers } from './providers/index.ts'
import { guests } from './guests/index.ts'
import { admins } from './admins/index.ts'
import { moderation } from './moderation/index.ts'
import { mydata } from './mydata/index.ts'
import { accounts } from './accounts/index.ts'
import { blocks } from './blocks/index.ts'
import { marks } from './marks/index.ts'
import { messages } from './messages/index.ts'
import { presence } from './presence/index.ts'
import { requests } from './requests/index.ts'
import { rooms } from './rooms/index.ts'

/** All features, each storey after those it may ask. */
export const features: readonly Feature[] = [
  accounts,
  registration,
  emails,
  factors,
  providers,
  guests,
  admins,
  blocks,
  rooms,
  presence,
  messages,
  requests,
  marks,
  moderation,
  mydata,
]
