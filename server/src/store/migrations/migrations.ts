import { spine } from './0001-spine.ts'
import { people } from './0002-people.ts'
import { processes } from './0003-processes.ts'
import { accounts } from './0004-accounts.ts'
import type { Migration } from './portable.ts'

/** All migrations, in order, for every engine. A released one is never changed. */
export const migrations: readonly Migration[] = [spine, people, processes, accounts]
