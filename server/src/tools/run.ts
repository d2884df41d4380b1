import { ConfigUnusable, loadEnvFile } from '../config.ts'
import { StoreUnusable } from '../store/store.ts'
import { backup } from './backup.ts'
import { Failed, helpOf, Misused, readFlags } from './command.ts'
import { invite } from './invite.ts'
import { migrateStore } from './migrate-store.ts'
import { restore } from './restore.ts'
import { seed } from './seed.ts'
import { verify } from './verify.ts'

/* The operator's commands: run.ts <command> [flags]. 0 is done, 1 is not done, 64 is asked for wrongly. */

const commands = [backup, restore, verify, migrateStore, seed, invite]

const [name, ...args] = process.argv.slice(2)
const say = (line: string): void => void process.stdout.write(`${line}\n`)

try {
  loadEnvFile(process.cwd())
  const command = commands.find((each) => each.name === name)
  if (!command) throw new Misused(`There is no command ${name}: ${commands.map((each) => each.name).join(', ')}.`)
  const values = readFlags(command, args)
  if (values === 'help') process.stdout.write(helpOf(command))
  else process.exitCode = await command.run(values, process.env, say)
} catch (error) {
  const isSystems = error instanceof Error && 'code' in error && 'syscall' in error
  const isKnown = [Failed, Misused, StoreUnusable, ConfigUnusable].some((kind) => error instanceof kind)
  if (isKnown || isSystems) process.stderr.write(`${(error as Error).message}\n`)
  else throw error
  process.exitCode = error instanceof Misused ? 64 : 1
}
