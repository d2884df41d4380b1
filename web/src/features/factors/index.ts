export { askPasskey, offerPasskeys, PasskeyNotUsed, stopOffering } from './passkeys.ts'
