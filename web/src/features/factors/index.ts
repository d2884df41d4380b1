export { askPasskey, offerPasskeys, stopOffering } from './passkeys.ts'
