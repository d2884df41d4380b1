const OK = Buffer.from('[{"ok":true')

/** Throws what an answer that is no yes says; looks at its first bytes only. */
export function mustBeOk(bytes: Buffer, from: number, to: number): void {
  if (bytes.compare(OK, 0, OK.length, from, Math.min(to, from + OK.length)) !== 0) {
    throw new Error(`Connectly answered ${bytes.toString('utf8', from, to).slice(0, 300)}`)
  }
}

/** What a parsed answer holds; throws a refusal. */
export function valueOf(answer: unknown): unknown {
  const { ok, value, refusal } = answer as { ok: boolean; value?: unknown; refusal?: unknown }
  if (!ok) throw new Error(`Connectly refused: ${JSON.stringify(refusal)}`)
  return value
}
