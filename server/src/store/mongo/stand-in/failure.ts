import type { Doc } from './values.ts'

/** MongoDB's names of errors, with their numbers. */
const CODES = {
  BadValue: 2,
  FailedToParse: 9,
  Unauthorized: 13,
  TypeMismatch: 14,
  AuthenticationFailed: 18,
  IllegalOperation: 20,
  NamespaceNotFound: 26,
  IndexNotFound: 27,
  PathNotViable: 28,
  ConflictingUpdateOperators: 40,
  CursorNotFound: 43,
  NamespaceExists: 48,
  MaxTimeMSExpired: 50,
  InvalidIdField: 53,
  CommandNotFound: 59,
  ImmutableField: 66,
  CannotCreateIndex: 67,
  InvalidOptions: 72,
  InvalidNamespace: 73,
  IndexOptionsConflict: 85,
  IndexKeySpecsConflict: 86,
  WriteConflict: 112,
  ConflictingOperationInProgress: 117,
  DocumentValidationFailure: 121,
  TransactionTooOld: 225,
  SnapshotUnavailable: 246,
  NoSuchTransaction: 251,
  TransactionCommitted: 256,
  OperationNotSupportedInTransaction: 263,
  NotWritablePrimary: 10107,
  BSONObjectTooLarge: 10334,
  DuplicateKey: 11000,
  UnknownField: 40415,
} as const
export type CodeName = keyof typeof CODES

/** An error as MongoDB answers it. `labels` are for the driver, `details` are further fields of the answer. */
export class Failure extends Error {
  readonly code: number
  readonly codeName: string
  readonly labels: string[]
  readonly details: Doc

  constructor(
    codeName: CodeName | { code: number; codeName: string },
    message: string,
    labels: string[] = [],
    details: Doc = {},
  ) {
    super(message)
    this.code = typeof codeName === 'string' ? CODES[codeName] : codeName.code
    this.codeName = typeof codeName === 'string' ? codeName : codeName.codeName
    this.labels = labels
    this.details = details
  }
}

/** The label of an error after which the whole transaction may be tried again. */
export const TRANSIENT = 'TransientTransactionError'

/** What the real server knows and the stand-in does not: never ignored, and said aloud, so that no test rests on it. */
export function notModelled(what: string): Failure {
  process.stderr.write(`mongo-stand-in: ${what} is not modelled\n`)
  return new Failure('FailedToParse', `${what} is not modelled by the stand-in`)
}
