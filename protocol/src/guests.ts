import * as z from 'zod/mini'
import { CaptchaAnswer, Person } from './accounts.ts'
import { anyone, defineMethod, only, signedIn } from './define.ts'
import { DisplayName, MailAddress, Password, SignedText, Username } from './text.ts'

export const comeAsGuest = defineMethod('guests.come', {
  means: 'Makes an account of kind guest and signs in: no password, and as long as this browser keeps it.',
  access: anyone(),
  limit: 'signUp',
  door: 'http',
  input: z.object({
    name: DisplayName,
    terms: z.string().check(z.maxLength(32)),
    captcha: z.optional(CaptchaAnswer),
  }),
  output: Person,
  refusals: ['GuestsOff', 'TermsChanged', 'CaptchaWrong'],
})

export const stayForGood = defineMethod('guests.stay', {
  means: 'Makes a person’s account of my guest account; everything in it stays. This session gets a new token.',
  access: only(signedIn(), ['guest']),
  limit: 'account',
  door: 'http',
  input: z.object({
    username: Username,
    password: Password,
    email: z.optional(MailAddress),
    invitation: z.optional(SignedText),
  }),
  output: Person,
  refusals: ['UsernameTaken', 'PasswordTooCommon', 'RegistrationClosed', 'InvitationNeeded', 'LinkSpent'],
})
