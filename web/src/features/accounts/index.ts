export { accountSlice, type Myself } from './accounts.ts'
export { errorText, fieldErrorsOf } from './errors.ts'
export { useOpenProfile, useShownProfile } from './open-profile.ts'
export { usePeople } from './use-people.ts'
