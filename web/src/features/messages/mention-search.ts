import { foldText, type Mention, type Person } from '@connectly/protocol'

/** Somebody, or everybody, that may be meant. */
export type Candidate = { who: Mention['who']; name: string; username: string }

const SHOWN = 6

/** Who fits these letters: by the beginning of a name, of one of its words, or of a username; each once, by name. */
export function ranked(people: readonly Person[], query: string, everyone: string | null): Candidate[] {
  const wanted = foldText(query)
  const known = new Map(people.map((person) => [person.userId, person]))
  const fitting = [...known.values()]
    .map((person) => ({ person, rank: rankOf(person, wanted) }))
    .filter(({ rank }) => rank < NEVER)
    .sort((a, b) => a.rank - b.rank || a.person.name.localeCompare(b.person.name))
    .map(({ person }): Candidate => ({ who: person.userId, name: person.name, username: person.username }))
  const all: Candidate[] =
    everyone !== null && ['all', foldText(everyone)].some((name) => name.startsWith(wanted))
      ? [{ who: 'all', name: everyone, username: 'all' }]
      : []
  return [...fitting.slice(0, SHOWN - all.length), ...all]
}

const NEVER = 3

function rankOf({ name, username }: Person, wanted: string): number {
  const folded = foldText(name)
  if (folded.startsWith(wanted)) return 0
  if (username.startsWith(wanted)) return 1
  return folded.split(/\s+/).some((word) => word.startsWith(wanted)) ? 2 : NEVER
}
