import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { test } from 'node:test'
import type * as z from 'zod/mini'
import {
  accountKinds,
  generalRefusals,
  AuditId,
  CopyId,
  InvitationId,
  LocalId,
  MessageId,
  PasskeyId,
  Place,
  placeParts,
  refusals,
  registry,
  RequestId,
  RoomId,
  roomPlace,
  SessionId,
  UserId,
  userPlace,
  type Method,
} from './index.ts'

const methods = [...registry.methods.values()]
const events = [...registry.events.values()]
const signals = [...registry.signals.values()]

type Shape = { _zod: { def: { type: string; shape?: Record<string, Shape>; innerType?: Shape; element?: Shape } } }
const fieldsOf = (schema: unknown): Record<string, Shape> => (schema as Shape)._zod.def.shape ?? {}

test('every definition of every file is in the registry, under one name, with one sentence that says what it means', async () => {
  const files = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  const modules = (await Promise.all(files.map((file) => import(`./${file}`)))) as Record<string, unknown>[]
  const isDefinition = (value: unknown): value is { type: string; name: string; means: string } =>
    typeof value === 'object' && value !== null && 'type' in value && 'means' in value && 'name' in value
  const defined = new Set(modules.flatMap((module) => Object.values(module)).filter(isDefinition))

  assert.equal(defined.size, methods.length + events.length + signals.length)
  for (const { type, name, means } of defined) {
    assert.ok(
      [registry.methods, registry.events, registry.signals].some((list) => list.has(name)),
      name,
    )
    assert.match(means, /^[A-Z].*\.$/, `${type} ${name}`)
  }
  for (const { name } of [...methods, ...events]) assert.match(name, /^[a-z]+\.[a-z][A-Za-z]*$/)
})

test('every method says who may ask, what limits it, and gives only refusals that are declared', () => {
  for (const { name, access, limit, refusals: own } of methods) {
    assert.ok(access.who === 'anyone' || access.who === 'session', name)
    assert.ok(limit, name)
    for (const code of own)
      assert.ok(code in refusals && !(generalRefusals as readonly string[]).includes(code), `${name}: ${code}`)
    for (const kind of access.kinds ?? []) assert.ok(accountKinds.includes(kind))
  }
})

test('what an access rule names is a field of the input that holds an id', () => {
  for (const { name, access, input } of methods)
    for (const field of [access.seat?.field, access.own?.field].filter((each) => each !== undefined))
      assert.match(field in fieldsOf(input) ? field : '', /Id$/, `${name}: ${field}`)
})

/* What anybody may ask who has no session: coming in, and what has to be known or proven for it. */
const open = [
  'accounts.signIn',
  'accounts.signUp',
  'emails.askReset',
  'emails.confirmByLink',
  'emails.isOpen',
  'emails.notMe',
  'emails.reset',
  'factors.passkeyDialog',
  'factors.signIn',
  'factors.signInByPasskey',
  'guests.come',
  'providers.go',
  'providers.return',
  'providers.signUp',
  'registration.isFree',
  'registration.rules',
  'registration.work',
]

test('a method that anyone may ask is about coming in, and is asked over HTTP alone', () => {
  const found = methods.filter((method) => method.access.who === 'anyone')

  assert.deepEqual(found.map((method) => method.name).toSorted(), open)
  for (const { door } of found) assert.equal(door, 'http')
})

test('a step-up is a field of the input, and those who run the server always show one', () => {
  for (const { name, access, input } of methods) {
    if (access.stepUp) assert.ok(access.stepUp in fieldsOf(input), name)
    if (access.administrators) assert.ok(access.stepUp, name)
  }
})

/* Methods that change something and need no key: a repeat finds it done, and why. */
const sameWhenRepeated: Record<string, string> = {
  'accounts.signUp': 'a repeat is refused, since the name is taken',
  'accounts.signIn': 'a repeat is one more session, as signing in on purpose is',
  'accounts.signOut': 'a repeat finds the session ended',
  'requests.accept': 'a repeat is refused or finds the same room',
  'requests.decline': 'a repeat finds it closed',
  'requests.cancel': 'a repeat finds it closed',
  'rooms.edit': 'it sets a value',
  'accounts.edit': 'it sets a value',
  'accounts.setPrivacy': 'it sets a value',
  'accounts.endSession': 'a repeat finds no such session',
  'accounts.endOtherSessions': 'a repeat finds no others',
  'blocks.block': 'blocking again changes nothing',
  'blocks.unblock': 'a repeat finds no block',
  'messages.edit': 'the same words change nothing and succeed',
  'messages.delete': 'a repeat finds it deleted',
  'messages.hide': 'hiding what is hidden changes nothing',
  'marks.read': 'marks only grow',
  'marks.unread': 'it sets a value',
  'marks.delivered': 'marks only grow',
  'presence.watch': 'it says what is shown',
  'presence.typing': 'it says what is so',
  'rooms.setPrefs': 'it sets a value',
  'rooms.clear': 'a repeat finds it empty',
  'rooms.handOver': 'a repeat finds the right gone',
  'rooms.setRole': 'it sets a value',
  'rooms.addMember': 'adding a member changes nothing and succeeds',
  'rooms.removeMember': 'a repeat finds nobody',
  'rooms.leave': 'a repeat finds no seat',
  'accounts.changePassword': 'a repeat is refused: it is the old password by then',
  'accounts.rename': 'a repeat is refused or changes nothing',
  'accounts.acceptTerms': 'it sets a value',
  'registration.invite': 'a repeat is one more invitation, to be withdrawn',
  'registration.withdraw': 'a repeat finds none',
  'registration.isFree': 'it reads',
  'registration.work': 'it changes nothing',
  'emails.set': 'a repeat withdraws the mail before',
  'emails.remove': 'a repeat finds none',
  'emails.confirm': 'a repeat finds it used',
  'emails.confirmByLink': 'a repeat finds it used',
  'emails.askReset': 'a repeat is another mail, as asking again is',
  'emails.reset': 'a repeat finds it used',
  'emails.isOpen': 'it reads',
  'emails.notMe': 'a repeat finds it used',
  'factors.stepUp': 'a repeat is one more step-up',
  'factors.signIn': 'a repeat is one more session',
  'factors.passkeyDialog': 'it keeps nothing',
  'factors.signInByPasskey': 'a repeat is refused',
  'factors.beginTotp': 'it keeps nothing',
  'factors.confirmTotp': 'a repeat is refused: the code was used',
  'factors.removeTotp': 'a repeat finds none',
  'factors.newRecoveryCodes': 'a repeat is one more set, shown',
  'factors.beginPasskey': 'it keeps nothing',
  'factors.addPasskey': 'a repeat is refused: it is known',
  'factors.renamePasskey': 'it sets a value',
  'factors.removePasskey': 'a repeat finds none',
  'providers.go': 'it keeps nothing',
  'providers.return': 'a repeat is refused by the other service',
  'providers.signUp': 'a repeat is refused: it is linked',
  'providers.goToLink': 'it keeps nothing',
  'providers.link': 'a repeat is refused by the other service',
  'providers.unlink': 'a repeat finds none',
  'guests.come': 'a repeat is one more guest, as coming again is',
  'guests.stay': 'a repeat is refused: they are no guest by then',
  'admins.make': 'a repeat changes nothing',
  'admins.unmake': 'a repeat changes nothing',
  'moderation.impose': 'it sets a value',
  'moderation.lift': 'a repeat finds none',
  'mydata.askCopy': 'a repeat is refused: one at a time',
  'mydata.cancelCopy': 'a repeat finds none',
  'mydata.download': 'a repeat is one more link',
  'mydata.leave': 'it sets a value',
  'mydata.stay': 'a repeat changes nothing',
}
const readOnly = ['read', 'search', 'open']

test('a method that changes something has a key by which a repeat is known, or is the same when repeated', () => {
  const changing = methods.filter((method) => !readOnly.includes(method.limit))

  const open = changing.filter((method) => method.once === null).map((method) => method.name)
  assert.deepEqual(open.toSorted(), Object.keys(sameWhenRepeated).toSorted())
  for (const { name, once, input, limit } of methods.filter((method: Method) => method.once !== null)) {
    assert.ok(!readOnly.includes(limit), `${name} reads only`)
    assert.equal(fieldsOf(input)[once ?? ''], LocalId, name)
  }
})

test('every id is a UUID in lower case and nothing else, and its type is its own', () => {
  const id = '01999999-9999-7999-8999-999999999999'
  const wrong = [
    '',
    id.slice(1),
    `${id}0`,
    id.toUpperCase().replaceAll('9', 'F'),
    `{${id}}`,
    `${id}\n`,
    id.replaceAll('-', ''),
    7,
    null,
    {},
    [id],
    { $gt: '' },
  ]

  for (const schema of [
    UserId,
    RoomId,
    MessageId,
    RequestId,
    SessionId,
    LocalId,
    PasskeyId,
    InvitationId,
    CopyId,
    AuditId,
  ]) {
    assert.equal(schema.parse(id), id)
    for (const value of wrong) assert.equal(schema.safeParse(value).success, false, JSON.stringify(value))
  }
  const userId: UserId = UserId.parse(id)
  // @ts-expect-error a user's id is no room's
  const roomId: RoomId = userId
  // @ts-expect-error any text is no message's id
  const messageId: MessageId = id
  assert.equal(roomId === (messageId as string), true)
})

test('every field that ends in Id or Ids holds an id, in inputs and events alike', () => {
  const ids: unknown[] = [
    UserId,
    RoomId,
    MessageId,
    RequestId,
    SessionId,
    LocalId,
    PasskeyId,
    InvitationId,
    CopyId,
    AuditId,
  ]
  const bare = (schema: Shape): unknown => {
    const { type, innerType, element } = schema._zod.def
    if ((type === 'optional' || type === 'nullable') && innerType) return bare(innerType)
    return type === 'array' && element ? bare(element) : schema
  }

  for (const { name, shape } of [
    ...methods.map((method) => ({ name: method.name, shape: fieldsOf(method.input) })),
    ...events.map((event) => ({ name: event.name, shape: fieldsOf(event.data) })),
  ])
    for (const [field, schema] of Object.entries(shape))
      if (/Ids?$/.test(field)) assert.ok(ids.includes(bare(schema)), `${name}: ${field}`)
})

test('what an event opens, closes or keeps is a field of its data', () => {
  for (const { name, data, opens, closes, keep } of events)
    for (const field of [opens, closes, ...(keep ?? [])].filter((each) => each !== undefined))
      assert.ok(field in fieldsOf(data), `${name}: ${field}`)
})

test('a place is a room or a person by id, and comes apart as it was put together', () => {
  const id = '01999999-9999-7999-8999-999999999999'

  assert.deepEqual(placeParts(roomPlace(id)), { kind: 'room', id })
  assert.deepEqual(placeParts(userPlace(id)), { kind: 'user', id })
  for (const place of ['', 'room:', `thing:${id}`, `room:${id}0`, `room:${id}\n`, ` room:${id}`, `room:${id} or 1=1`])
    assert.equal(Place.safeParse(place).success, false, place)
})

test('every refusal has a status that fits it and a sentence that explains it', () => {
  for (const [code, { status, means }] of Object.entries(refusals)) {
    assert.match(code, /^[A-Z][A-Za-z]+$/)
    assert.ok([400, 401, 403, 404, 409, 410, 413, 429, 500, 502, 503, 507].includes(status), code)
    assert.match(means, /\.$/)
  }
  for (const code of generalRefusals) assert.ok(code in refusals)
})

test('no field of any input admits an object that a database could take for an operator', () => {
  const operators = [{ $gt: '' }, { $ne: null }, { $where: '1' }, { $in: [''] }]

  const admitted = methods.flatMap(({ name, input }) =>
    Object.entries((input as unknown as { shape: Record<string, z.ZodMiniType> }).shape).flatMap(([field, shape]) =>
      operators
        .filter((operator) => JSON.stringify(shape.safeParse(operator).data)?.includes('$'))
        .map(() => `${name}.${field}`),
    ),
  )

  assert.deepEqual(admitted, [])
})
