import { comeAsGuest, stayForGood } from '@connectly/protocol'
import type { Feature } from '../../kernel/feature.ts'
import { handle } from '../../kernel/feature.ts'
import { refuse } from '../../kernel/refuse.ts'

export const guests: Feature = {
  name: 'guests',
  handles: [handle(comeAsGuest, () => refuse('NotFound')), handle(stayForGood, () => refuse('NotFound'))],
}
