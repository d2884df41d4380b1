import type { Method } from '@connectly/protocol'

/** An input that a door could read but will not take: it stands in its place, so that it is refused where all are. */
export class Unreadable {
  readonly path: readonly string[]
  readonly reason: string

  /** @param path from the input inwards */
  constructor(path: readonly string[], reason: string) {
    this.path = path
    this.reason = reason
  }

  /** The field to name in the refusal: as much of the path as the method knows, since other names are somebody's words. */
  fieldOf(method: Pick<Method, 'input'>): string {
    const known: string[] = []
    let schema: Schema | undefined = method.input as unknown as Schema
    for (const name of this.path) {
      schema = within(schema, name)
      if (!schema) break
      known.push(name)
    }
    return known.join('.')
  }
}

type Schema = {
  _zod: { def: { shape?: Record<string, Schema>; element?: Schema; innerType?: Schema; in?: Schema } }
}

/** What stands at this name of an object, or at this place of a list; nothing where the shape has none. */
function within(schema: Schema, name: string): Schema | undefined {
  const { shape, element, innerType, in: inner } = schema._zod.def
  if (shape) return Object.hasOwn(shape, name) ? shape[name] : undefined
  if (element) return /^\d+$/.test(name) ? element : undefined
  const wrapped = innerType ?? inner
  return wrapped && within(wrapped, name)
}
