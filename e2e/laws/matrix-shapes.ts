import { LocalId, MessageId, Place, RequestId, RoomId, SessionId, UserId, UUID, type Method } from '@connectly/protocol'

type Schema = {
  _zod: {
    def: {
      type: string
      shape?: Record<string, Schema>
      innerType?: Schema
      in?: Schema
      element?: Schema
      keyType?: Schema
      valueType?: Schema
      options?: readonly Schema[]
      items?: readonly Schema[]
      checks?: readonly { _zod: { def: { pattern?: RegExp } } }[]
    }
  }
}

const ids = new Set<unknown>([LocalId, MessageId, Place, RequestId, RoomId, SessionId, UserId])

/** The fields of a method's input that name something: by their shape, or by what they are called. */
export const idFieldsOf = (method: Pick<Method, 'input'>): string[] => [...new Set(walk(method.input, ''))]

function walk(given: unknown, path: string): string[] {
  const schema = given as Schema
  const { def } = schema._zod
  if (def.type === 'string') return looksLikeId(schema, path) ? [path] : []
  const inside = [def.innerType, def.in, def.element, def.keyType, def.valueType].filter((each) => each !== undefined)
  const fields = Object.entries(def.shape ?? {})
  return [
    ...inside.flatMap((each) => walk(each, path)),
    ...[...(def.options ?? []), ...(def.items ?? [])].flatMap((each) => walk(each, path)),
    ...fields.flatMap(([name, each]) => walk(each, path === '' ? name : `${path}.${name}`)),
  ]
}

function looksLikeId(schema: Schema, path: string): boolean {
  const patterns = (schema._zod.def.checks ?? []).flatMap((check) => check._zod.def.pattern?.source ?? [])
  return ids.has(schema) || patterns.includes(UUID.source) || /(?:^id|Ids?)$/.test(path)
}
