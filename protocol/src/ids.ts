import * as z from 'zod/mini'
import { UUID } from './text.ts'

/** Every id is a UUIDv7 made by the server; the brand keeps a user's id from being passed as a room's. */
function id<Brand extends string>(brand: Brand) {
  return z
    .string()
    .check(z.regex(UUID, `${brand} is not an id`))
    .brand<Brand>()
}

export const UserId = id('UserId')
export const RoomId = id('RoomId')
export const MessageId = id('MessageId')
export const RequestId = id('RequestId')
/** Names a session to its owner; it is not its token, and opens nothing. */
export const SessionId = id('SessionId')
export const PasskeyId = id('PasskeyId')
export const InvitationId = id('InvitationId')
export const CopyId = id('CopyId')
export const AuditId = id('AuditId')
/** Made by the asking client, any UUID: the key by which a repeated ask is known. */
export const LocalId = id('LocalId')

export type UserId = z.infer<typeof UserId>
export type RoomId = z.infer<typeof RoomId>
export type MessageId = z.infer<typeof MessageId>
export type RequestId = z.infer<typeof RequestId>
export type SessionId = z.infer<typeof SessionId>
export type PasskeyId = z.infer<typeof PasskeyId>
export type InvitationId = z.infer<typeof InvitationId>
export type CopyId = z.infer<typeof CopyId>
export type AuditId = z.infer<typeof AuditId>
export type LocalId = z.infer<typeof LocalId>

/** Milliseconds since 1970 in UTC, by the server's clock. */
export const Time = z.int().check(z.nonnegative(), z.maximum(8_640_000_000_000_000))
/** An event's number in its place: 1, 2, 3 … without a gap. */
export const Seq = z.int().check(z.nonnegative(), z.maximum(2 ** 52))

export type Time = z.infer<typeof Time>
export type Seq = z.infer<typeof Seq>

/** A numbered log: `room:<roomId>` or `user:<userId>`. */
export type Place = `room:${string}` | `user:${string}`
export const Place = z
  .string()
  .check(z.regex(/^(?:room|user):[0-9a-f-]{36}$/, 'not a place')) as unknown as z.ZodMiniType<Place, Place>

export const roomPlace = (roomId: string): Place => `room:${roomId}`
export const userPlace = (userId: string): Place => `user:${userId}`

/** Splits a place into what it is and whose. */
export function placeParts(place: Place): { kind: 'room' | 'user'; id: string } {
  const colon = place.indexOf(':')
  return { kind: place.slice(0, colon) as 'room' | 'user', id: place.slice(colon + 1) }
}
