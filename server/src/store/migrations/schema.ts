import type { Table } from '../table.ts'
import { migrations } from './migrations.ts'

/** The tables that all migrations together make, by name: what a store of the newest schema holds, on any engine. */
export function migratedTables(): Map<string, Table> {
  const tables = new Map<string, Table>()
  const told = (name: string): Table => {
    const table = tables.get(name)
    if (!table) throw new Error(`a migration changes ${name} before it is there`)
    return table
  }
  for (const step of migrations.flatMap((migration) => migration.steps)) {
    if (step.do === 'addTable') tables.set(step.table.name, step.table)
    else if (step.do === 'addColumn')
      tables.set(step.table, { ...told(step.table), columns: [...told(step.table).columns, step.column] })
    else if (!step.shared)
      tables.set(step.table, { ...told(step.table), indexes: [...told(step.table).indexes, step.columns] })
  }
  return tables
}
