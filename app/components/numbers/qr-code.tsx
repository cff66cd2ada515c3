interface QrCodeProps {
  /** Modules along a side. */
  size: number;
  /** What is dark, in units of a module. */
  path: string;
  label: string;
}

/** Without this many light modules on each side many cameras find nothing. */
const quiet = 4;

/** Dark on white whatever the theme: cameras do not read it the other way round. */
export function QrCode({ size, path, label }: QrCodeProps) {
  const side = size + 2 * quiet;
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`${-quiet} ${-quiet} ${side} ${side}`}
      shapeRendering="crispEdges"
      // Cameras need no larger one where text is larger.
      className="size-[160px] rounded-sm border border-line forced-color-adjust-none"
    >
      <rect x={-quiet} y={-quiet} width={side} height={side} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}
