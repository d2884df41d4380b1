import { type PasskeyAnswer, signInByPasskey, type SignedIn } from '@connectly/protocol'
import { askPasskey, offerPasskeys } from '../features/factors/index.ts'
import { askByHttp } from '../kernel/http.ts'

export { stopOffering } from '../features/factors/index.ts'

/** Signs in by a passkey, with the browser's dialog. */
export const passkeySignIn = async (): Promise<SignedIn> => signInWith(await askPasskey())

/** Waits for a passkey that is taken where the username is typed. */
export const offered = (): Promise<PasskeyAnswer> => offerPasskeys()

export const signInWith = (answer: PasskeyAnswer): Promise<SignedIn> => askByHttp(signInByPasskey, answer)
