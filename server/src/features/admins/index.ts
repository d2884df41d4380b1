import type { Feature } from '../../kernel/feature.ts'
import { adminHandles } from './admins.ts'

/** Those who run this server, and the record of what was done that matters. */
export const admins: Feature = { name: 'admins', handles: adminHandles }
