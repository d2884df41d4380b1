/* Kept a storey below: whoever removes their last passkey has to know whether another service lets them in. */
export { identityTable, type IdentityRow } from '../factors/index.ts'
