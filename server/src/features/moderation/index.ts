import { listPenalties, imposePenalty, liftPenalty } from '@connectly/protocol'
import type { Feature } from '../../kernel/feature.ts'
import { handle } from '../../kernel/feature.ts'
import { refuse } from '../../kernel/refuse.ts'

export const moderation: Feature = {
  name: 'moderation',
  handles: [
    handle(listPenalties, () => refuse('NotFound')),
    handle(imposePenalty, () => refuse('NotFound')),
    handle(liftPenalty, () => refuse('NotFound')),
  ],
}
