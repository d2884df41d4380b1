import type { DatabaseSync } from 'node:sqlite'
import { addColumnSql, createIndexSql, createTableSql } from './sql.ts'
import { StoreUnusable } from '../store.ts'
import { migrations } from '../migrations/migrations.ts'
import type { Step } from '../migrations/portable.ts'

/** Brings a SQLite database to the newest schema. Each migration and its number are one transaction: a kill leaves old or new. */
export function migrate(db: DatabaseSync, file: string): void {
  refuseNewer(db, file)
  const version = versionOf(db)
  for (const migration of migrations.filter((each) => each.number > version)) {
    db.exec('begin immediate')
    try {
      for (const sql of migration.steps.flatMap(sqlOf)) db.exec(sql)
      db.exec(`pragma user_version = ${migration.number}`)
      db.exec('commit')
    } catch (error) {
      if (db.isTransaction) db.exec('rollback')
      throw error
    }
  }
}

/** Throws if the database has a schema that this program does not know. */
export function refuseNewer(db: DatabaseSync, file: string): void {
  const version = versionOf(db)
  const newest = migrations.at(-1)?.number ?? 0
  if (version <= newest) return
  throw new StoreUnusable(
    `The data file ${file} was written by a newer Connectly (schema ${version}, this one knows ${newest}). Start the newer one, or restore a backup made before it.`,
  )
}

const versionOf = (db: DatabaseSync) => Object.values(db.prepare('pragma user_version').get() ?? {})[0] as number

function sqlOf(step: Step): string[] {
  switch (step.do) {
    case 'addTable':
      return createTableSql(step.table)
    case 'addColumn':
      return [addColumnSql(step.table, step.column, step.fill)]
    case 'addIndex':
      return step.shared ? [] : [createIndexSql(step.table, step.columns)]
  }
}
