import { acts } from './en-acts.ts'
import { groups } from './en-groups.ts'
import { people } from './en-people.ts'

/** English words for what is loaded when it is first needed: dialogs, sheets, settings. */
export const enLate = { acts, groups, people } as const
