import { addTable, type Migration } from './portable.ts'

export const spine: Migration = {
  number: 1,
  name: 'spine',
  steps: [
    addTable('meta', { name: 'text', value: 'text' }, { key: ['name'] }),
    addTable(
      'places',
      { place: 'text', seq: 'int', lastAt: 'int', reactedSeq: 'int', unreacted: 'bool' },
      { key: ['place'], indexes: [['unreacted']] },
    ),
    addTable('events', { place: 'text', seq: 'int', at: 'int', name: 'text', data: 'json' }, { key: ['place', 'seq'] }),
    addTable(
      'answers',
      { userId: 'text', method: 'text', key: 'text', inputHash: 'text', value: 'json', at: 'int' },
      { key: ['userId', 'method', 'key'], indexes: [['at']] },
    ),
    addTable('reactionsDone', { reaction: 'text', place: 'text', seq: 'int' }, { key: ['reaction', 'place', 'seq'] }),
    addTable(
      'users',
      {
        userId: 'text',
        username: 'text',
        name: 'text',
        nameKey: 'text',
        kind: 'text',
        createdAt: 'int',
        passwordHash: 'text?',
      },
      { key: ['userId'], unique: [['username']], indexes: [['nameKey']] },
    ),
    addTable(
      'sessions',
      {
        tokenHash: 'text',
        userId: 'text',
        createdAt: 'int',
        lastUsedAt: 'int',
        expiresAt: 'int',
        kind: 'text',
        scopes: 'json?',
      },
      { key: ['tokenHash'], indexes: [['userId'], ['expiresAt']], refs: { userId: 'users' } },
    ),
    addTable(
      'rooms',
      {
        roomId: 'text',
        kind: 'text',
        name: 'text?',
        directKey: 'text?',
        members: 'int',
        owners: 'int',
        createdAt: 'int',
        rev: 'int',
      },
      { key: ['roomId'], unique: [['directKey']] },
    ),
    addTable(
      'seats',
      { roomId: 'text', userId: 'text', role: 'text', fromSeq: 'int', clearedSeq: 'int', joinedAt: 'int', rev: 'int' },
      {
        key: ['roomId', 'userId'],
        indexes: [['userId'], ['roomId', 'joinedAt', 'userId']],
        refs: { roomId: 'rooms', userId: 'users' },
      },
    ),
    addTable(
      'messages',
      {
        messageId: 'text',
        roomId: 'text',
        authorId: 'text',
        localId: 'text?',
        body: 'json',
        at: 'int',
        seq: 'int',
        rev: 'int',
        checksum: 'text',
      },
      {
        key: ['roomId', 'seq'],
        unique: [['messageId'], ['localId', 'authorId']],
        appended: true,
        refs: { roomId: 'rooms' },
      },
    ),
    addTable(
      'requests',
      {
        fromId: 'text',
        toId: 'text',
        requestId: 'text',
        messageId: 'text',
        state: 'text',
        text: 'text',
        askedAt: 'int',
        rev: 'int',
      },
      {
        key: ['fromId', 'toId'],
        unique: [['requestId']],
        indexes: [['toId', 'state']],
        refs: { fromId: 'users', toId: 'users' },
      },
    ),
  ],
}
