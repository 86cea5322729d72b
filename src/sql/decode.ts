/** The text of an SQL file, or why it is not one. */
export type Decoded =
  | {
      readonly kind: "text";
      /** Without a byte order mark; line ends as they are in the file. */
      readonly text: string;
      readonly byteOrderMark: boolean;
    }
  | { readonly kind: "not-text"; readonly why: string; readonly byteOffset: number };

/** Reads the bytes of a file as UTF-8. A NUL byte, another encoding or a broken sequence is refused with its offset, never guessed at. */
export function decode(bytes: Uint8Array): Decoded {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) {
    return refused("is UTF-16 (little endian); save it as UTF-8", 0);
  }
  if (bytes[0] === 0xfe && bytes[1] === 0xff) {
    return refused("is UTF-16 (big endian); save it as UTF-8", 0);
  }
  const nul = bytes.indexOf(0);
  if (nul !== -1) {
    // Every other byte of ASCII text in UTF-16 is zero; a stray NUL in UTF-8 has no such neighbour, nor has a run of them.
    const looksLikeUtf16 = bytes.some((byte, i) => byte === 0 && bytes[i + 1] !== 0 && bytes[i + 2] === 0);
    if (looksLikeUtf16) {
      return refused(`looks like UTF-16 without a byte order mark (NUL at byte ${nul}); save it as UTF-8`, nul);
    }
    return refused(
      `has a NUL byte at byte ${nul}; no database takes one in SQL, and what follows it would not be read`,
      nul,
    );
  }
  const byteOrderMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  try {
    const text = strict.decode(bytes);
    return { kind: "text", text: byteOrderMark ? text.slice(1) : text, byteOrderMark };
  } catch {
    const at = firstInvalidByte(bytes);
    return refused(`is not valid UTF-8 at byte ${at}; save it as UTF-8`, at);
  }
}

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function refused(why: string, byteOffset: number): Decoded {
  return { kind: "not-text", why, byteOffset };
}

/** Offset of the first byte of the first sequence that is no UTF-8: the end of the longest prefix that is whole, found by halving. */
function firstInvalidByte(bytes: Uint8Array): number {
  let valid = 0;
  let invalid = bytes.length;
  while (invalid - valid > 1) {
    const middle = (valid + invalid) >> 1;
    if (decodes(bytes.subarray(0, middle), { cutAtEnd: true })) valid = middle;
    else invalid = middle;
  }
  // The prefix may end inside the broken sequence, which begins at most three bytes before.
  while (!decodes(bytes.subarray(0, valid), { cutAtEnd: false })) valid--;
  return valid;
}

/** @param cutAtEnd whether the last sequence may lack its end. */
function decodes(bytes: Uint8Array, { cutAtEnd }: { cutAtEnd: boolean }): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: cutAtEnd });
    return true;
  } catch {
    return false;
  }
}
