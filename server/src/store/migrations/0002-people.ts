import { addColumn, addTable, type Migration } from './portable.ts'

/** Profiles, blocks, marks, and every state of a message. */
export const people: Migration = {
  number: 2,
  name: 'people',
  steps: [
    addColumn('users', 'about', 'text', ''),
    addColumn('users', 'privacy', 'json?'),
    addColumn('users', 'lastSeenAt', 'int?'),
    addColumn('sessions', 'sessionId', 'text?'),
    addColumn('sessions', 'device', 'text', ''),
    addColumn('rooms', 'about', 'text', ''),
    addColumn('rooms', 'tint', 'int?'),
    addColumn('seats', 'readSeq', 'int', 0),
    addColumn('seats', 'deliveredSeq', 'int', 0),
    addColumn('seats', 'markedAt', 'int', 0),
    addColumn('seats', 'markTimes', 'json?'),
    addColumn('seats', 'unreadFrom', 'int?'),
    addColumn('seats', 'hides', 'json?'),
    addColumn('seats', 'pinnedAt', 'int?'),
    addColumn('seats', 'mutedUntil', 'int?'),
    addColumn('messages', 'replyTo', 'json?'),
    addColumn('messages', 'editedAt', 'int?'),
    addColumn('messages', 'deletedAt', 'int?'),
    addColumn('messages', 'hiddenFrom', 'json?'),
    addTable('versions', { messageId: 'text', at: 'int', body: 'json', nth: 'int' }, { key: ['messageId', 'nth'] }),
    addTable(
      'hidden',
      { userId: 'text', roomId: 'text', seq: 'int', messageId: 'text' },
      { key: ['userId', 'roomId', 'seq'], refs: { userId: 'users', roomId: 'rooms' } },
    ),
    addTable('erasures', { messageId: 'text', at: 'int' }, { key: ['messageId'] }),
    addTable(
      'blocks',
      { userId: 'text', otherId: 'text', isMine: 'bool', at: 'int' },
      { key: ['userId', 'otherId', 'isMine'], refs: { userId: 'users', otherId: 'users' } },
    ),
  ],
}
