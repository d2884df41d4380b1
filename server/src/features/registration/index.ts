import { entryRules, giveWork, isNameFree, invite, listInvitations, withdrawInvitation } from '@connectly/protocol'
import type { Feature } from '../../kernel/feature.ts'
import { handle } from '../../kernel/feature.ts'
import { refuse } from '../../kernel/refuse.ts'

export const registration: Feature = {
  name: 'registration',
  handles: [
    handle(entryRules, () => refuse('NotFound')),
    handle(giveWork, () => refuse('NotFound')),
    handle(isNameFree, () => refuse('NotFound')),
    handle(invite, () => refuse('NotFound')),
    handle(listInvitations, () => refuse('NotFound')),
    handle(withdrawInvitation, () => refuse('NotFound')),
  ],
}
