import { PasskeyId, Time, UserId } from '@connectly/protocol'
import * as z from 'zod/mini'
import { defineTable } from '../../store/table.ts'

/** Authenticator apps, one a person. */
export const totpTable = defineTable(
  'totps',
  z.object({
    userId: UserId,
    /** The app's key, sealed for this person with a key that hangs on the server's secret key. */
    secret: z.string(),
    /** The 30 seconds, counted since 1970, whose code came last: neither it nor an older one comes again. */
    lastStep: z.int(),
    createdAt: Time,
  }),
  { key: ['userId'], refs: { userId: 'users' } },
)

/** Recovery codes that are left; of each only a keyed hash. */
export const recoveryTable = defineTable(
  'recoveryCodes',
  z.object({ userId: UserId, codeHash: z.string(), createdAt: Time }),
  { key: ['userId', 'codeHash'], refs: { userId: 'users' } },
)

export const passkeyTable = defineTable(
  'passkeys',
  z.object({
    passkeyId: PasskeyId,
    userId: UserId,
    /** What the authenticator calls it, in base64url. */
    credential: z.string(),
    /** Its public key in COSE, in base64url. */
    publicKey: z.string(),
    /** How often it was used, as it says itself; 0 where it does not count. */
    counter: z.int(),
    /** How a browser reaches it, as it said itself. */
    transports: z.array(z.string()),
    name: z.string(),
    /** Kept by a service on several devices. */
    isSynced: z.boolean(),
    createdAt: Time,
    lastUsedAt: z.nullable(Time),
  }),
  { key: ['passkeyId'], unique: [['credential']], indexes: [['userId']], refs: { userId: 'users' } },
)

export type TotpRow = NonNullable<typeof totpTable.row>
export type RecoveryRow = NonNullable<typeof recoveryTable.row>
export type PasskeyRow = NonNullable<typeof passkeyTable.row>
