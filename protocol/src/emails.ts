import * as z from 'zod/mini'
import { anyone, defineMethod, only, signedIn, steppedUp } from './define.ts'
import { Time } from './ids.ts'
import { MailAddress, Password, SignedText } from './text.ts'

/** My mail address: the one that is confirmed, and one that waits for it. */
export const OwnEmail = z.object({
  email: z.nullable(z.string()),
  confirmedAt: z.nullable(Time),
  waiting: z.nullable(z.object({ email: z.string(), until: Time })),
})
export type OwnEmail = z.infer<typeof OwnEmail>

export const myEmail = defineMethod('emails.mine', {
  means: 'My mail address, and one that is still to be confirmed.',
  access: signedIn(),
  limit: 'read',
  input: z.object({}),
  output: OwnEmail,
})

export const setEmail = defineMethod('emails.set', {
  means:
    'Sends a code and a link to this address; it becomes mine when one of them comes back. The answer is the same whether or not another account has it.',
  access: steppedUp(only(signedIn(), ['person'])),
  limit: 'mail',
  input: z.object({ stepUp: SignedText, email: MailAddress }),
  output: OwnEmail,
})

export const removeEmail = defineMethod('emails.remove', {
  means: 'Forgets my mail address, and one that waits.',
  access: steppedUp(only(signedIn(), ['person'])),
  limit: 'account',
  input: z.object({ stepUp: SignedText }),
  output: OwnEmail,
})

export const confirmEmail = defineMethod('emails.confirm', {
  means: 'Confirms the address that waits by the six digits of the mail; five tries, then a new mail is needed.',
  access: only(signedIn(), ['person']),
  limit: 'second',
  input: z.object({ code: z.string().check(z.regex(/^[0-9]{6}$/, 'takes six digits')) }),
  output: OwnEmail,
  refusals: ['WrongProof', 'LinkSpent'],
})

export const confirmEmailByLink = defineMethod('emails.confirmByLink', {
  means: 'Confirms an address by the link of the mail, signed in or not.',
  access: anyone(),
  limit: 'second',
  door: 'http',
  input: z.object({ token: SignedText }),
  output: z.object({ email: z.string() }),
  refusals: ['LinkSpent'],
})

export const askReset = defineMethod('emails.askReset', {
  means:
    'Sends a link for a new password to the confirmed address of this account, if there is one. The answer says nothing about it.',
  access: anyone(),
  limit: 'mail',
  door: 'http',
  input: z.object({ username: z.string().check(z.maxLength(254)) }),
  output: z.object({}),
})

export const resetPassword = defineMethod('emails.reset', {
  means: 'Sets a new password by the link of the mail. All sessions end; one signs in afterwards.',
  access: anyone(),
  limit: 'second',
  door: 'http',
  input: z.object({ token: SignedText, password: Password }),
  output: z.object({ username: z.string() }),
  refusals: ['LinkSpent', 'PasswordTooCommon'],
})

export const linkIsOpen = defineMethod('emails.isOpen', {
  means: 'Whether the link of a mail is still good, so that nobody fills in a form for nothing.',
  access: anyone(),
  limit: 'second',
  door: 'http',
  input: z.object({ token: SignedText }),
  output: z.object({ isOpen: z.boolean() }),
})

export const itWasNotMe = defineMethod('emails.notMe', {
  means:
    'By the link of the mail about a new device: ends all sessions, and answers with a token to set a new password with.',
  access: anyone(),
  limit: 'second',
  door: 'http',
  input: z.object({ token: SignedText }),
  output: z.object({ token: SignedText }),
  refusals: ['LinkSpent'],
})
