import { features } from '../../server/src/features/features.ts'
import { answerTable, metaTable, reactionTable } from '../../server/src/kernel/tables.ts'
import { eventTable, placeTable } from '../../server/src/store/log-tables.ts'
import { migrations } from '../../server/src/store/migrations/migrations.ts'
import type { Table } from '../../server/src/store/table.ts'
import { code, made, table as markdownTable } from './markdown.ts'

/** What each table is for. A table without a sentence fails. */
const sentences: Record<string, string> = {
  users: 'People: what others see of them, the name folded for finding, and the password as an argon2id hash.',
  sessions: 'Ways in. Only the SHA-256 of a token is kept; `scopes` narrow what a token may do, null is everything.',
  rooms: 'Rooms. `directKey` is `<smaller user id>:<larger>` of a direct room, so that two people have one for ever.',
  seats: 'Who sits in which room, in what role. A seat sees what has a number above `max(fromSeq, clearedSeq)`.',
  messages:
    'What was said, by room and number. `localId` is the key the sender made; `rev` is the number that last changed the row.',
  versions: 'What messages said before they were edited: the first version is 1. Deleting a message empties it.',
  hidden: 'Messages that somebody deleted for themselves alone.',
  erasures: 'Messages deleted for everyone, by id only: what a restored backup has to forget again.',
  blocks:
    'Who does not want to hear from whom: two rows a block, one for each of the two, so that either finds theirs.',
  requests: 'Asking to talk: one row for each direction between two people.',
  places:
    'Each numbered log: its last number and time, and how far its reactions have come. Only the engine writes it, inside a commit.',
  events:
    'The logs themselves. Events about content keep keys and numbers, and are filled from the row when they are read.',
  answers: 'What a repeated ask is answered with, where the method has no row of its own that says so.',
  devices: 'Browsers that somebody has signed in from, by a hash of their own token: a new one is noticed.',
  heldNames: 'Usernames that were given up lately: nobody else takes them yet.',
  links:
    'What links in mails, codes, invitations and downloads stand for, good once. A token is the id and a signature: nothing here opens anything.',
  mails: 'Mails on their way, written in the commit of what they tell of, removed when they are sent.',
  tries: 'Guesses at secrets, by a keyed hash of what is guessed at or who guesses.',
  penalties: 'What abuse has led to. An address stands here as a keyed hash.',
  audits: 'The record of sensitive acts; rows are only ever added. No secrets, no words of messages, no addresses.',
  emails: 'Whose a confirmed mail address is: one account’s.',
  totps: 'Authenticator apps: the key sealed by the secret key of the server, and the last step that was used.',
  recoveryCodes: 'Recovery codes that are left, each as a keyed hash.',
  passkeys: 'Passkeys: the public key, and how often it was used.',
  identities: 'Accounts of other services that sign somebody in here.',
  copies:
    'Copies of everything that is somebody’s, which they asked for. The archive itself is made while it is fetched.',
  leavings: 'Accounts that are to be deleted.',
  reactionsDone: 'Reactions that have had their effect, written in the same commit as it.',
  meta: 'Facts about the store as a whole: its epoch.',
}

/** `docs/data-model.md`: every declared table, and a diagram of how they refer to each other. */
export function dataModel(): string {
  const owned = features.flatMap((feature) =>
    (feature.tables ?? []).map((table) => ({ table, owner: `feature ${code(feature.name)}` })),
  )
  const kernel = [metaTable, answerTable, reactionTable].map((table) => ({
    table: table as Table,
    owner: 'the kernel',
  }))
  const log = [placeTable, eventTable].map((table) => ({ table: table as Table, owner: 'the store' }))
  const all = [...owned, ...log, ...kernel]
  return `${made}

# Data model

SQLite keeps ${all.length} tables, all of them \`STRICT\`, kept by their key unless it says otherwise, made
by ${migrations.length === 1 ? 'one migration' : `${migrations.length} migrations`} (\`server/src/store/migrations/\`). A test holds the declared
tables against what the migrations make. Columns follow from the Zod shapes of the protocol: text and enums are \`text\`,
whole numbers, times (ms since 1970, UTC) and booleans are \`integer\`, everything else is JSON in \`text\`. Ids are UUIDv7
in their text form.

Every column that names a row elsewhere and is checked by the database stands under *refers to*. Others, such as
\`messages.authorId\` or \`events.place\`, are kept right by the commit that writes them.

## Diagram

\`\`\`mermaid
erDiagram
${all.map(({ table }) => entity(table)).join('\n')}
${all.flatMap(({ table }) => relations(table)).join('\n')}
\`\`\`

${all.map(({ table, owner }) => section(table, owner)).join('\n')}`
}

function section(table: Table, owner: string): string {
  const sentence = sentences[table.name]
  if (!sentence) throw new Error(`scripts/docs/data-model.ts has no sentence for the table ${table.name}`)
  const rows = table.columns.map((column) => [
    code(column.name),
    column.type + (column.nullable ? ', may be null' : ''),
    keysOf(table, column.name),
    table.refs[column.name] ? code(String(table.refs[column.name])) : '',
  ])
  const sets = [
    `Key: ${listed(table.key)}.`,
    ...table.unique.map((names) => `Unique: ${listed(names)}.`),
    ...table.indexes.map((names) => `Index: ${listed(names)}.`),
    table.appended ? 'Rows are kept in the order they came.' : '',
  ]
  return `## ${table.name}

${sentence} Declared by ${owner}.

${markdownTable(['column', 'type', 'part of', 'refers to'], rows)}

${sets.filter(Boolean).join(' ')}
`
}

function keysOf(table: Table, column: string): string {
  return [
    table.key.includes(column) && 'key',
    table.unique.some((names) => names.includes(column)) && 'unique set',
    table.indexes.some((names) => names.includes(column)) && 'index',
  ]
    .filter(Boolean)
    .join(', ')
}

function entity(table: Table): string {
  const columns = table.columns.map(({ name, type }) => {
    const marks = [
      table.key.includes(name) && 'PK',
      table.refs[name] && 'FK',
      table.unique.some((names) => names.length === 1 && names[0] === name) && 'UK',
    ].filter(Boolean)
    return `    ${type} ${name}${marks.length > 0 ? ` ${marks.join(',')}` : ''}`
  })
  return `  ${table.name} {\n${columns.join('\n')}\n  }`
}

function relations(table: Table): string[] {
  return Object.entries(table.refs).map(([column, other]) => `  ${other} ||--o{ ${table.name} : ${column}`)
}

const listed = (names: readonly string[]): string => names.map(code).join(', ')
