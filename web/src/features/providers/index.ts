export { type Journey, leave, leaveToSignIn, takeJourney } from './journey.ts'
