import type { Feature } from '../../kernel/feature.ts'
import { penaltyHandles } from './penalties.ts'
import { watching } from './spam.ts'

/** What is done about abuse: noticed in what is sent, and by those who run the server. */
export const moderation: Feature = {
  name: 'moderation',
  handles: penaltyHandles,
  before: watching,
}
