import {
  myEmail,
  setEmail,
  removeEmail,
  confirmEmail,
  confirmEmailByLink,
  askReset,
  resetPassword,
  linkIsOpen,
  itWasNotMe,
} from '@connectly/protocol'
import type { Feature } from '../../kernel/feature.ts'
import { handle } from '../../kernel/feature.ts'
import { refuse } from '../../kernel/refuse.ts'

export const emails: Feature = {
  name: 'emails',
  handles: [
    handle(myEmail, () => refuse('NotFound')),
    handle(setEmail, () => refuse('NotFound')),
    handle(removeEmail, () => refuse('NotFound')),
    handle(confirmEmail, () => refuse('NotFound')),
    handle(confirmEmailByLink, () => refuse('NotFound')),
    handle(askReset, () => refuse('NotFound')),
    handle(resetPassword, () => refuse('NotFound')),
    handle(linkIsOpen, () => refuse('NotFound')),
    handle(itWasNotMe, () => refuse('NotFound')),
  ],
}
