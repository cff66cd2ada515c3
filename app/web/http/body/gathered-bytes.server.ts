/** The bytes of a body that comes in pieces, in no more memory than twice what has come. */
export interface GatheredBytes {
  add(piece: Buffer): void;
  /** All that was added; a body that came in one piece is that piece itself. */
  bytes(): Buffer;
  drop(): void;
}

const nothing = Buffer.alloc(0);

/**
 * A list of pieces is no bound: each is an object of some hundred bytes, and nobody has to send more than one byte in a
 * piece. A body of 64 kB in such pieces held 20 MB.
 */
export function gatherBytes(): GatheredBytes {
  let space: Buffer = nothing;
  let size = 0;
  return {
    add(piece) {
      if (size === 0) {
        space = piece;
      } else {
        if (size + piece.byteLength > space.byteLength) {
          const larger = Buffer.allocUnsafeSlow(Math.max(2 * space.byteLength, size + piece.byteLength));
          space.copy(larger, 0, 0, size);
          space = larger;
        }
        piece.copy(space, size);
      }
      size += piece.byteLength;
    },
    bytes: () => space.subarray(0, size),
    drop() {
      space = nothing;
      size = 0;
    },
  };
}
