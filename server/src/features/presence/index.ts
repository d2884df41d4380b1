import type { Feature } from '../../kernel/feature.ts'
import { attend, presenceBefore, presenceHandles } from './presence.ts'

/** Who is here, who writes, and how many: said as it is, and never kept but for when somebody was last seen. */
export const presence: Feature = {
  name: 'presence',
  handles: presenceHandles,
  before: presenceBefore,
  starts: attend,
}
