/** What a test may break while the stand-in runs. The four switches take away a promise of the database each. */
export type Faults = {
  /** A transaction sees what others commit meanwhile. */
  noSnapshots: boolean
  /** The last writer wins, unnoticed. */
  noWriteConflicts: boolean
  /** An aborted transaction is kept. */
  noRollback: boolean
  /** A duplicate is let in. */
  noUnique: boolean
  /** Commands that go wrong, the first that fits each time. */
  commands: CommandFault[]
}

/** What happens to the next `times` commands of a name: an error, a connection that breaks, a delay, or a wait for something else. */
export type CommandFault = { command: string; times: number } & (
  | { do: 'fail'; code: number; codeName: string; labels?: string[] }
  | { do: 'drop'; when: 'before' | 'after' }
  /** It is done, and the other members are not heard of in time. */
  | { do: 'unconfirmed' }
  | { do: 'delay'; ms: number }
  | { do: 'hold'; until: Promise<unknown> }
)

export const SWITCHES = ['noSnapshots', 'noWriteConflicts', 'noRollback', 'noUnique'] as const

/** No faults, or those of the four that are named. */
export function newFaults(named: readonly string[] = []): Faults {
  const unknown = named.find((name) => !SWITCHES.some((known) => known === name))
  if (unknown !== undefined) throw new Error(`the stand-in has no fault called ${unknown}`)
  return {
    noSnapshots: named.includes('noSnapshots'),
    noWriteConflicts: named.includes('noWriteConflicts'),
    noRollback: named.includes('noRollback'),
    noUnique: named.includes('noUnique'),
    commands: [],
  }
}

/** Takes what is to happen to this command, if anything. */
export function takeFault(faults: Faults, command: string): CommandFault | undefined {
  const fault = faults.commands.find((each) => each.command === command && each.times > 0)
  if (fault) fault.times -= 1
  return fault
}
