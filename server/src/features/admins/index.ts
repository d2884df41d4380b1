import { listAdministrators, makeAdministrator, unmakeAdministrator, readAudit } from '@connectly/protocol'
import type { Feature } from '../../kernel/feature.ts'
import { handle } from '../../kernel/feature.ts'
import { refuse } from '../../kernel/refuse.ts'

export const admins: Feature = {
  name: 'admins',
  handles: [
    handle(listAdministrators, () => refuse('NotFound')),
    handle(makeAdministrator, () => refuse('NotFound')),
    handle(unmakeAdministrator, () => refuse('NotFound')),
    handle(readAudit, () => refuse('NotFound')),
  ],
}
