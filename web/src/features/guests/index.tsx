export { GuestForm } from './GuestForm.tsx'
export { GuestNote } from './GuestNote.tsx'
export { StayForm } from './StayForm.tsx'
