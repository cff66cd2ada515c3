/** QR codes, drawn on the server so that no page needs a script for them. */
import { generate } from "lean-qr";
import { toSvgPath } from "lean-qr/extras/svg";

export interface QrCode {
  /** Modules along a side, without the quiet zone around it. */
  size: number;
  /** Of an SVG in units of one module: what is dark. */
  path: string;
}

export function qrCodeOf(text: string): QrCode {
  const code = generate(text);
  return { size: code.size, path: toSvgPath(code) };
}
