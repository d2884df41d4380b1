import { t } from '../../kernel/i18n.ts'
import '../../kernel/late-texts.ts'
import { SearchBox } from '../../ui/SearchBox.tsx'

/** From how many members on they are searched rather than looked through. */
const MANY = 8

export type MemberFinderProps = { count: number; query: string; onQuery: (query: string) => void }

/** Finds a member by name, where there are too many to look through. */
export function MemberFinder({ count, query, onQuery }: MemberFinderProps) {
  if (count <= MANY) return null
  return <SearchBox label={t('groups.findMember')} clearLabel={t('app.clear')} value={query} onChange={onQuery} />
}
