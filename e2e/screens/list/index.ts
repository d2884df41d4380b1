import type { Chapter } from '../screen.ts'
import { chats, groups } from './chats.ts'
import { dialogs } from './dialogs.ts'
import { messageActs } from './messages.ts'
import { entry } from './entry.ts'
import { people } from './people.ts'
import { states } from './states.ts'

/** Every screen, in the order of the report. */
export const chapters: readonly Chapter[] = [entry, chats, groups, messageActs, people, dialogs, states]
