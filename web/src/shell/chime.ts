/** Sounds come no closer together than this, in ms. */
const APART = 400
const notes = [
  { at: 0, pitch: 659.3 },
  { at: 0.09, pitch: 987.8 },
] as const

let context: AudioContext | undefined
let lastAt = -Infinity

/** Two warm sines for a new message. Silent where the browser lets no sound out yet. */
export function chime(): void {
  if (performance.now() - lastAt < APART) return
  lastAt = performance.now()
  context ??= new AudioContext()
  void context.resume().catch(() => undefined)
  if (context.state !== 'running') return
  for (const { at, pitch } of notes) ring(context, context.currentTime + at, pitch)
}

function ring(out: AudioContext, from: number, pitch: number): void {
  const tone = new OscillatorNode(out, { type: 'sine', frequency: pitch })
  const loudness = new GainNode(out, { gain: 0 })
  loudness.gain.setValueAtTime(0, from)
  loudness.gain.linearRampToValueAtTime(0.12, from + 0.012)
  loudness.gain.exponentialRampToValueAtTime(0.0008, from + 0.42)
  tone.connect(loudness).connect(out.destination)
  tone.start(from)
  tone.stop(from + 0.45)
}
