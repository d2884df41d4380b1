import * as z from 'zod/mini'
import { accountKinds, anyone, defineMethod, signedIn } from './define.ts'
import { Time, UserId } from './ids.ts'
import { DisplayName, MAX_PASSWORD_LENGTH, Password, SearchText, Username } from './text.ts'

/** A person as others see them. */
export const Person = z.object({
  userId: UserId,
  username: z.string(),
  name: z.string(),
  kind: z.enum(accountKinds),
  createdAt: Time,
})
export type Person = z.infer<typeof Person>

export const signUp = defineMethod('accounts.signUp', {
  means: 'Makes an account and signs in.',
  access: anyone(),
  limit: 'signUp',
  door: 'http',
  input: z.object({ username: Username, password: Password, name: z.optional(DisplayName) }),
  output: Person,
  refusals: ['UsernameTaken', 'PasswordTooCommon'],
})

export const signIn = defineMethod('accounts.signIn', {
  means: 'Signs in. An unknown name and a wrong password are answered alike, in words and in time.',
  access: anyone(),
  limit: 'signIn',
  door: 'http',
  input: z.object({
    username: z.string().check(z.maxLength(64)),
    password: z.string().check(z.maxLength(MAX_PASSWORD_LENGTH)),
  }),
  output: Person,
  refusals: ['WrongCredentials'],
})

export const signOut = defineMethod('accounts.signOut', {
  means: 'Ends this session; its sockets fall at once.',
  access: signedIn(),
  limit: 'write',
  door: 'http',
  input: z.object({}),
  output: z.object({}),
})

export const whoAmI = defineMethod('accounts.me', {
  means: 'Who is asking.',
  access: signedIn(),
  limit: 'read',
  input: z.object({}),
  output: Person,
})

export const findPeople = defineMethod('accounts.find', {
  means: 'People whose name or username begins with these words, at most 20, the asking person left out.',
  access: signedIn(),
  limit: 'search',
  input: z.object({ text: SearchText }),
  output: z.array(Person),
})

export const getPeople = defineMethod('accounts.get', {
  means: 'People by id, at most 100; unknown ids are left out.',
  access: signedIn(),
  limit: 'read',
  input: z.object({ userIds: z.array(UserId).check(z.maxLength(100)) }),
  output: z.array(Person),
})
