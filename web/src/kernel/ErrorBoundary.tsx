import { Component, type ReactNode } from 'react'

type Props = {
  children: ReactNode
  /** Drawn instead, with a way on. */ fallback: (retry: () => void, code: string) => ReactNode
}
type State = { error: Error | null }

/** Keeps one broken part from taking the page with it. */
export class ErrorBoundary extends Component<Props, State> {
  override state: State = { error: null }

  static getDerivedStateFromError(error: Error): State {
    return { error }
  }

  override render(): ReactNode {
    const { error } = this.state
    if (!error) return this.props.children
    return this.props.fallback(() => this.setState({ error: null }), codeOf(error))
  }
}

/** A short code that tells one fault from another, to be mentioned: `E-7F2C`. */
export function codeOf(error: unknown): string {
  const text = error instanceof Error ? `${error.name}${error.message}` : String(error)
  let sum = 0
  for (const char of text) sum = (sum * 31 + (char.codePointAt(0) ?? 0)) & 0xffff
  return `E-${sum.toString(16).toUpperCase().padStart(4, '0')}`
}
