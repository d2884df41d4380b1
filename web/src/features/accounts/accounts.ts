import { openPrivacy, privacySet, profileEdited, type DataOf, type Person, type Privacy } from '@connectly/protocol'
import { defineSlice } from '../../kernel/slice.ts'

/** Who I am, what I say about myself, and what I show of myself. */
export type Myself = { me: Person | null; about: string; privacy: Privacy }

export const accountSlice = defineSlice<Myself>({
  name: 'accounts',
  place: 'user',
  fromHead: (head) => ({ me: null, about: '', privacy: openPrivacy, ...(head as Partial<Myself>) }),
  events: {
    [profileEdited.name]: (state, event) => ({ ...state, ...(event.data as DataOf<typeof profileEdited>) }),
    [privacySet.name]: (state, event) => ({ ...state, privacy: event.data as DataOf<typeof privacySet> }),
  },
})
