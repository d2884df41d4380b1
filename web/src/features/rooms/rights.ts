import type { Right, Role } from '@connectly/protocol'

/** What each role may, as the server has it. It only decides what is offered here; the server decides what is done. */
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
