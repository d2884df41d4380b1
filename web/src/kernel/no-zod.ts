/*
 * What the browser gets in place of zod/mini (see web/vite.config.ts). The client checks nothing that comes over the wire:
 * its own server has made it of the same definitions. It needs the names in them, not the shapes, and those weigh 15 kB.
 */

/** Stands for every shape and every check: called, or asked for anything, it is itself. */
const shape: unknown = new Proxy(function anything() {}, {
  apply: () => shape,
  get: (_target, name) => (typeof name === 'symbol' ? undefined : shape),
})

const of = (): unknown => shape

export {
  of as array,
  of as boolean,
  of as enum,
  of as int,
  of as literal,
  of as maxLength,
  of as maximum,
  of as minLength,
  of as minimum,
  of as nonnegative,
  of as nullable,
  of as number,
  of as object,
  of as optional,
  of as pipe,
  of as record,
  of as refine,
  of as regex,
  of as string,
  of as transform,
  of as union,
  of as unknown,
}
