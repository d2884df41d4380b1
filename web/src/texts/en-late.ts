import { acts } from './en-acts.ts'
import { groups } from './en-groups.ts'
import { people } from './en-people.ts'
import { requests } from './en-requests.ts'

/** English words for what is loaded when it is first needed: dialogs, sheets, settings. */
export const enLate = { acts, groups, people, requests } as const
