import {
  myFactors,
  stepUp,
  secondStep,
  openPasskeyDialog,
  signInByPasskey,
  beginTotp,
  confirmTotp,
  removeTotp,
  newRecoveryCodes,
  beginPasskey,
  addPasskey,
  renamePasskey,
  removePasskey,
} from '@connectly/protocol'
import type { Feature } from '../../kernel/feature.ts'
import { handle } from '../../kernel/feature.ts'
import { refuse } from '../../kernel/refuse.ts'

export const factors: Feature = {
  name: 'factors',
  handles: [
    handle(myFactors, () => refuse('NotFound')),
    handle(stepUp, () => refuse('NotFound')),
    handle(secondStep, () => refuse('NotFound')),
    handle(openPasskeyDialog, () => refuse('NotFound')),
    handle(signInByPasskey, () => refuse('NotFound')),
    handle(beginTotp, () => refuse('NotFound')),
    handle(confirmTotp, () => refuse('NotFound')),
    handle(removeTotp, () => refuse('NotFound')),
    handle(newRecoveryCodes, () => refuse('NotFound')),
    handle(beginPasskey, () => refuse('NotFound')),
    handle(addPasskey, () => refuse('NotFound')),
    handle(renamePasskey, () => refuse('NotFound')),
    handle(removePasskey, () => refuse('NotFound')),
  ],
}
