import { Banner } from '../../ui/Banner.tsx'

/** A sentence about a whole form, which its fields name as what describes them. */
export function FormError({ id, children }: { id: string; children: string | undefined }) {
  return children === undefined ? null : (
    <Banner look="error" id={id}>
      {children}
    </Banner>
  )
}
