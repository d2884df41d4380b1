import qrcode from 'qrcode-generator'
import { useMemo } from 'react'

/** Free squares around it, without which it is not found. */
const MARGIN = 2

/** A QR code in ink on white, in both themes: cameras expect it so. One path, drawn by the page itself. */
export function QrCode({ text, label }: { text: string; label: string }) {
  const { size, path } = useMemo(() => drawn(text), [text])
  return (
    <div className="qr">
      <svg
        role="img"
        aria-label={label}
        viewBox={`${-MARGIN} ${-MARGIN} ${size + 2 * MARGIN} ${size + 2 * MARGIN}`}
        shapeRendering="crispEdges"
      >
        <path fill="#1a1433" d={path} />
      </svg>
    </div>
  )
}

function drawn(text: string): { size: number; path: string } {
  const code = qrcode(0, 'M')
  code.addData(text)
  code.make()
  const size = code.getModuleCount()
  const places = Array.from({ length: size }, (_, place) => place)
  const path = places.flatMap((row) =>
    places.filter((column) => code.isDark(row, column)).map((column) => `M${column} ${row}h1v1h-1z`),
  )
  return { size, path: path.join('') }
}
