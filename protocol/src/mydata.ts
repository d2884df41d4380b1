import * as z from 'zod/mini'
import { defineMethod, only, signedIn, steppedUp } from './define.ts'
import { CopyId, Time } from './ids.ts'
import { SignedText } from './text.ts'

/** A copy of everything that is mine: asked for, ready from a time on, and gone after another. */
export const DataCopy = z.object({
  copyId: CopyId,
  askedAt: Time,
  readyAt: Time,
  expiresAt: Time,
  downloadedAt: z.nullable(Time),
})
export type DataCopy = z.infer<typeof DataCopy>

export const leftMessages = ['keep', 'delete'] as const

/** My account is to be deleted. */
export const Leaving = z.object({
  askedAt: Time,
  leavesAt: Time,
  /** What becomes of my messages: they stay without my name, or go for everyone. */
  messages: z.enum(leftMessages),
})
export type Leaving = z.infer<typeof Leaving>

export const MyData = z.object({ copies: z.array(DataCopy), leaving: z.nullable(Leaving) })
export type MyData = z.infer<typeof MyData>

export const myData = defineMethod('mydata.mine', {
  means: 'Copies of my data that I asked for, and whether my account is to be deleted.',
  access: signedIn(),
  limit: 'read',
  input: z.object({}),
  output: MyData,
})

export const askCopy = defineMethod('mydata.askCopy', {
  means: 'Asks for a copy of everything that is mine; a mail says so now, and when it is ready.',
  access: steppedUp(only(signedIn(), ['person', 'guest'])),
  limit: 'account',
  input: z.object({ stepUp: SignedText }),
  output: MyData,
  refusals: ['CopyPending'],
})

export const cancelCopy = defineMethod('mydata.cancelCopy', {
  means: 'Does without a copy that was asked for.',
  access: signedIn(),
  limit: 'account',
  input: z.object({ copyId: CopyId }),
  output: MyData,
})

export const downloadCopy = defineMethod('mydata.download', {
  means: 'A link to the archive, good once, for five minutes.',
  access: steppedUp(only(signedIn(), ['person', 'guest'])),
  limit: 'account',
  input: z.object({ stepUp: SignedText, copyId: CopyId }),
  output: z.object({ path: z.string(), until: Time }),
  refusals: ['NotReady'],
})

export const leave = defineMethod('mydata.leave', {
  means: 'Deletes my account in 14 days; all other sessions end now. Signing in until then and staying undoes it.',
  access: steppedUp(only(signedIn(), ['person', 'guest'])),
  limit: 'account',
  input: z.object({
    stepUp: SignedText,
    username: z.string().check(z.maxLength(64)),
    messages: z.enum(leftMessages),
  }),
  output: MyData,
  refusals: ['WrongProof', 'LastAdministrator'],
})

export const stay = defineMethod('mydata.stay', {
  means: 'My account stays after all.',
  access: signedIn(),
  limit: 'account',
  input: z.object({}),
  output: MyData,
})
