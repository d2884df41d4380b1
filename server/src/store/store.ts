import type { Place, RefusalCode } from '@connectly/protocol'
import type { Table } from './table.ts'

/*
 * The store: five verbs, written once per engine. Features declare tables and say changes as data; the engine decides how
 * to keep them. `contract.ts` holds the numbered rules that every engine obeys.
 */

export type Key<Row> = Partial<Row>

type Comparison<Value> = {
  in?: readonly Value[]
  lt?: Value
  lte?: Value
  gt?: Value
  gte?: Value
  startsWith?: string
}
/** Columns that must equal a value, or compare with one; all of them must hold. */
export type Where<Row> = { [Column in keyof Row]?: Row[Column] | Comparison<NonNullable<Row[Column]>> }

export type Query<Row> = {
  where?: Where<Row>
  order?: readonly (readonly [keyof Row & string, 'asc' | 'desc'])[]
  limit: number
}

/** Something a change relies on, checked again inside the commit: the row is there and fits, or it is not there. */
export type Guard = { must: boolean; table: Table; key: object; where?: object }

export type Write =
  | { do: 'insert'; table: Table; row: object }
  | { do: 'patch'; table: Table; key: object; set?: object; add?: object; only?: object; else?: RefusalCode }
  | { do: 'remove'; table: Table; key: object }

/** A number and a time of a place, taken inside the commit. They may only be put into columns and fields, never reckoned with. */
export type Numbered = { place: Place; seq: number; at: number }

/** An event as the log keeps it. `reacts` marks one that something has still to follow from. */
export type StoredEvent = Numbered & { name: string; data: object; reacts: boolean }

export type Made<Result> = { writes: readonly Write[]; events: readonly StoredEvent[]; result: Result }

/**
 * One indivisible change. `make` is pure and synchronous and may run again; each number it takes by `next` belongs to
 * exactly one of its events, and every place it numbers stands in `places`.
 */
export type Change<Result = unknown> = {
  places: readonly Place[]
  given: readonly Guard[]
  make: (next: (place: Place) => Numbered) => Made<Result>
  /** Reactions to this place's events have come as far as `seq`. */
  reacted?: { place: Place; seq: number }
}

/**
 * What became of a change. `refused`: a condition with a code of its own did not hold. `conflict`: a row was there already,
 * or was not there. `unmet`: a guard did not hold. None of the three leaves anything behind.
 */
export type Outcome<Result = unknown> =
  | { kind: 'done'; made: Made<Result> }
  | { kind: 'refused'; code: RefusalCode }
  | { kind: 'conflict' }
  | { kind: 'unmet'; guard: Guard }

export interface Reader {
  /** One row by its key, or undefined. */
  get<Row>(table: Table<Row>, key: Key<Row>): Promise<Row | undefined>
  /** Rows that fit, in order, at most `limit`. */
  find<Row>(table: Table<Row>, query: Query<Row>): Promise<Row[]>
  /** How many rows fit, counted no further than `atMost`. */
  count<Row>(table: Table<Row>, where: Where<Row>, atMost: number): Promise<number>
}

export interface Store extends Reader {
  /**
   * Commits a group as if its changes ran one after another, with one flush to disk. Resolves once it is durable, with one
   * outcome each; rejects when nothing of it was kept, or when that cannot be known.
   * @param now the wall clock in ms; a place's time is the later of it and the place's last
   */
  commit(changes: readonly Change[], now: number): Promise<Outcome[]>
  /** How many groups it gains from being given at once; no two of them may name the same place. */
  readonly atOnce: number
  close(): Promise<void>
}

/** The file or server cannot be used; the message is one line for whoever starts the process. */
export class StoreUnusable extends Error {}

/**
 * The store is away for now: there is no connection, or it was lost on the way. What was asked may be asked again; whether
 * a commit is kept is not known.
 */
export class StoreAway extends Error {}

/** Another process uses the file. */
export class StoreInUse extends StoreUnusable {}

export const insert = <Row extends object>(table: Table<Row>, row: Row): Write => ({ do: 'insert', table, row })

/** Changes one row: sets columns, adds to numbers, if it fits `only`; else the change is refused with `else`, or conflicts. */
export const patch = <Row extends object>(
  table: Table<Row>,
  key: Key<Row>,
  how: { set?: Partial<Row>; add?: { [Column in keyof Row]?: number }; only?: Where<Row>; else?: RefusalCode },
): Write => ({ do: 'patch', table, key, ...how })

export const remove = <Row extends object>(table: Table<Row>, key: Key<Row>): Write => ({ do: 'remove', table, key })

export const must = <Row extends object>(table: Table<Row>, key: Key<Row>, where?: Where<Row>): Guard =>
  where ? { must: true, table, key, where } : { must: true, table, key }

export const mustNot = <Row extends object>(table: Table<Row>, key: Key<Row>, where?: Where<Row>): Guard =>
  where ? { must: false, table, key, where } : { must: false, table, key }
