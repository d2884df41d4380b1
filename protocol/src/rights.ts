import type { Right } from './define.ts'
import type { Role } from './rooms.ts'

/** What each role may: the server decides by it what is done, and screens what is offered. Nothing else compares roles. */
const rights: Record<Role, readonly Right[]> = {
  owner: [
    'messages.send',
    'messages.mentionAll',
    'messages.deleteAny',
    'rooms.addMember',
    'rooms.removeMember',
    'rooms.setRole',
    'rooms.edit',
  ],
  admin: [
    'messages.send',
    'messages.mentionAll',
    'messages.deleteAny',
    'rooms.addMember',
    'rooms.removeMember',
    'rooms.edit',
  ],
  member: ['messages.send'],
}

export const rightsOf = (role: Role): readonly Right[] => rights[role]

/** Whether one role may all that another may, and more. */
export const isAbove = (role: Role, other: Role): boolean =>
  rights[other].every((right) => rights[role].includes(right)) && rights[role].length > rights[other].length
