import {
  goToProvider,
  returnFromProvider,
  signUpWithProvider,
  linkedAccounts,
  goToLink,
  linkProvider,
  unlinkProvider,
} from '@connectly/protocol'
import type { Feature } from '../../kernel/feature.ts'
import { handle } from '../../kernel/feature.ts'
import { refuse } from '../../kernel/refuse.ts'

export const providers: Feature = {
  name: 'providers',
  handles: [
    handle(goToProvider, () => refuse('NotFound')),
    handle(returnFromProvider, () => refuse('NotFound')),
    handle(signUpWithProvider, () => refuse('NotFound')),
    handle(linkedAccounts, () => refuse('NotFound')),
    handle(goToLink, () => refuse('NotFound')),
    handle(linkProvider, () => refuse('NotFound')),
    handle(unlinkProvider, () => refuse('NotFound')),
  ],
}
